//! Documents made up from the tables: what the model prints reads as the same value, and prints as the same bytes. The
//! values are those of printed documents, since what says nothing is not printed.
//!
//! `FERROVIRT_SEED=N` says which documents, `FERROVIRT_CASES=N` how many of each kind: with other seeds and more of them
//! the same test looks further.

use vir_model::documents::{DOCUMENTS, Document};
use vir_schema::generate::Growing;

/// How far one document grows before another begins.
const STEPS: u64 = 40;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What is wrong with what is printed of a document.
fn fault(document: &Document, xml: &str) -> Option<String> {
    let printed = match (document.round)(xml) {
        Ok(printed) => printed,
        Err(error) => return Some(format!("refused: {error}")),
    };
    match (document.round)(&printed) {
        Err(error) => Some(format!("what is printed is refused: {error}\n{printed}")),
        Ok(again) if again != printed => Some(format!("prints as\n{printed}\nand then as\n{again}")),
        Ok(_) => match (document.same)(&printed) {
            Ok(true) => None,
            Ok(false) => Some(format!("what is printed reads as something else\n{printed}")),
            Err(error) => Some(format!("refused: {error}")),
        },
    }
}

#[test]
fn what_is_printed_reads_as_the_same() {
    let seed = number("FERROVIRT_SEED").unwrap_or(1);
    println!("seed {seed}");
    let cases = number("FERROVIRT_CASES").unwrap_or(1500);
    let mut wrong = vec![];
    for document in DOCUMENTS {
        let (mut done, mut own) = (0, seed);
        while done < cases {
            let mut growing = Growing::new(document, own);
            for _ in 0..STEPS {
                let Some(xml) = growing.grow() else { break };
                done += 1;
                if let Some(fault) = fault(document, &xml) {
                    wrong.push(format!("{} from seed {own}: {fault}\nfrom\n{xml}", document.name));
                    break;
                }
            }
            own = own.wrapping_add(1);
            done += 1;
        }
    }
    let more = wrong.len();
    wrong.truncate(3);
    assert!(more == 0, "seed {seed}: {more} wrong, among them\n{}", wrong.join("\n\n"));
}
