// Every page loads this one module. Each behaviour is a file named like its data- attribute and starts itself;
// a page without scripts does all the same with plain links and forms.
import "./autosize.js";
import "./confirm.js";
import "./copy.js";
import "./dialog.js";
import "./dirty-form.js";
import "./keyboard-help.js";
import "./local-time.js";
import "./menu.js";
import "./scroll-current.js";
import "./submit-on-change.js";
import "./theme-switch.js";
