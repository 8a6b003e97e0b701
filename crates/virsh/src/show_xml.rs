//! XML shown whole, or the parts that `--xpath` selects.

use crate::args::Args;
use crate::document;
use crate::failure::{Failure, Outcome};
use crate::shell::Shell;
use crate::xpath::{self, tree::Tree};
use std::io::Write;
use vir_base::err;

/// The option "xpath"; an empty one fails without a word.
pub(crate) fn xpath_of(args: &Args) -> Outcome<Option<&str>> {
    args.text("xpath").map_err(|_| Failure::silent())
}

/// Shows `xml`, or what `xpath` selects of it: one after the other, or with `wrap` in one document.
pub(crate) fn show(shell: &mut Shell, xml: &str, xpath: Option<&str>, wrap: bool) -> Outcome {
    let Some(expression) = xpath else {
        shell.out.print(xml);
        return Ok(());
    };
    let root = document::parse(xml)?;
    let tree = Tree::new(&root);
    let nodes = match xpath::select(&tree, expression) {
        Ok(Some(nodes)) => nodes,
        Ok(None) => return Err(err!(None, InternalError, "Incorrect xpath '{expression}'").into()),
        // the peer's library complains by itself, and nothing is selected
        Err(error) => {
            let _ = std::io::stderr().write_all(error.message().as_bytes());
            Vec::new()
        }
    };
    if wrap {
        shell.out.print(tree.wrap(&nodes) + "\n");
    } else {
        for node in nodes {
            shell.out.print(tree.dump(node) + "\n");
        }
    }
    Ok(())
}
