//! Secrets: definition and value.

use crate::grammar::{Command, Completer, file, flag, text};

/// `secret-define`: define or modify a secret from an XML file.
pub(crate) const SECRET_DEFINE: Command =
    Command::new("secret-define", "define or modify a secret from an XML file")
        .describe("Define or modify a secret.")
        .options(&[
            file("file containing secret attributes in XML"),
            flag("validate", "validate the XML against the schema"),
        ]);

/// `secret-dumpxml`: secret attributes in XML.
pub(crate) const SECRET_DUMPXML: Command = Command::new("secret-dumpxml", "secret attributes in XML")
    .describe("Output attributes of a secret as an XML dump to stdout.")
    .options(&[
        text("secret", "secret UUID").required().positional().completes(Completer::Secret),
        text("xpath", "xpath expression to filter the XML document").completes(Completer::Nothing),
        flag("wrap", "wrap xpath results in an common root element"),
    ]);

/// `secret-get-value`: Output a secret value.
pub(crate) const SECRET_GET_VALUE: Command = Command::new("secret-get-value", "Output a secret value")
    .describe("Output a secret value to stdout.")
    .options(&[
        text("secret", "secret UUID").required().positional().completes(Completer::Secret),
        flag("plain", "get value without converting to base64"),
    ]);

/// `secret-set-value`: set a secret value.
pub(crate) const SECRET_SET_VALUE: Command =
    Command::new("secret-set-value", "set a secret value").describe("Set a secret value.").options(&[
        text("secret", "secret UUID").required().positional().completes(Completer::Secret),
        text("file", "read secret from file").completes(Completer::Path),
        flag("plain", "read the secret from file without converting from base64"),
        flag("interactive", "read the secret from the terminal"),
        text("base64", "base64-encoded secret value").tolerated().completes(Completer::Nothing),
    ]);

/// `secret-undefine`: undefine a secret.
pub(crate) const SECRET_UNDEFINE: Command = Command::new("secret-undefine", "undefine a secret")
    .describe("Undefine a secret.")
    .options(&[text("secret", "secret UUID").required().positional().completes(Completer::Secret)]);
