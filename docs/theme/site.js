// What the pages do beyond Doxygen's: theme toggle, copy buttons, links on headings, and a contents
// list that follows the reader.
"use strict";

DoxygenAwesomeDarkModeToggle.init();
DoxygenAwesomeFragmentCopyButton.init();
DoxygenAwesomeParagraphLink.init();
DoxygenAwesomeInteractiveToc.init();
