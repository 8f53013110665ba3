// What a page with a notebook or a file loads beside main.js; each behaviour is a file and starts itself.
import "./copy-file.js";
import "./enlarge-picture.js";
import "./find.js";
import "./fold-cell.js";
import "./fold-lines.js";
import "./outline.js";
import "./point-at.js";
import "./show-all.js";
import "./switch.js";
import "./walk-cells.js";
