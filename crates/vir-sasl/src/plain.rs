//! PLAIN: the password itself, for ways that nobody can read.

use crate::failure::Failure;
use crate::{Client, Secrets, Step, identity};

pub(crate) struct Plain;

impl Plain {
    pub(crate) const NAME: &'static str = "PLAIN";
}

impl Client for Plain {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn step(&mut self, challenge: Option<&[u8]>, secrets: &mut dyn Secrets) -> Result<Step, Failure> {
        if challenge.is_some_and(|challenge| !challenge.is_empty()) {
            return Err(Failure::protocol("PLAIN asks for nothing"));
        }
        let [acts_as, name, password] = identity(secrets)?;
        let data = [acts_as, name, password].join("\0").into_bytes();
        Ok(Step { data: Some(data), complete: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choose::tests::{USER, User};

    #[test]
    fn three_texts() {
        let step = Plain.step(None, &mut User { acts_as: Some("root"), ..USER }).unwrap();
        assert_eq!(step, Step { data: Some(b"root\0user\0pencil".to_vec()), complete: true });
        assert_eq!(Plain.step(None, &mut { USER }).unwrap().data.unwrap(), b"\0user\0pencil");
    }
}
