// Lets the links of templates.go have no body.
