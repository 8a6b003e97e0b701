//! Steps that are taken back, last first, when what they were part of fails.

/// Dropped, it takes back all steps; after [`Undo::keep`], none.
#[derive(Default)]
pub struct Undo<'a>(Vec<Box<dyn FnOnce() + 'a>>);

impl<'a> Undo<'a> {
    /// Remembers how to take back a step that was just made.
    pub fn push(&mut self, step: impl FnOnce() + 'a) {
        self.0.push(Box::new(step));
    }

    /// All went well.
    pub fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        while let Some(step) = self.0.pop() {
            step();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn last_first_unless_kept() {
        let said = RefCell::new(Vec::new());
        let mut undo = Undo::default();
        undo.push(|| said.borrow_mut().push(1));
        undo.push(|| said.borrow_mut().push(2));
        drop(undo);
        assert_eq!(*said.borrow(), [2, 1]);
        let mut undo = Undo::default();
        undo.push(|| said.borrow_mut().push(3));
        undo.keep();
        assert_eq!(*said.borrow(), [2, 1]);
    }
}
