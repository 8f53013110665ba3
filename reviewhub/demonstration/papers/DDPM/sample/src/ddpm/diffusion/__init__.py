"""Forward process, training loss and sampling."""
