//! From an expression to its value.

use super::XpathError;
use super::parse::{Axis, Expr, Operator, Start, Step, Test};
use super::tree::{Kind, Tree};

/// What an expression gives.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// In the order of the document, each once.
    Nodes(Vec<usize>),
    Number(f64),
    Text(String),
    Truth(bool),
}

type Result<T> = std::result::Result<T, XpathError>;

/// Where an expression is looked at.
#[derive(Clone, Copy)]
struct Context<'t> {
    tree: &'t Tree<'t>,
    node: usize,
    /// Counted from 1.
    position: usize,
    size: usize,
}

/// The value of an expression, seen from the root element.
pub(super) fn evaluate<'t>(tree: &'t Tree<'t>, expression: &Expr) -> Result<Value> {
    Context { tree, node: tree.root(), position: 1, size: 1 }.value(expression)
}

impl<'t> Context<'t> {
    fn value(&self, expression: &Expr) -> Result<Value> {
        Ok(match expression {
            Expr::Number(number) => Value::Number(*number),
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Negate(inner) => Value::Number(-self.number(&self.value(inner)?)),
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right)?,
            Expr::Call(name, arguments) => self.call(name, arguments)?,
            Expr::Path(start, steps) => Value::Nodes(self.path(start, steps)?),
        })
    }

    fn nodes(&self, expression: &Expr) -> Result<Vec<usize>> {
        match self.value(expression)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(XpathError::BadArguments),
        }
    }

    fn text(&self, value: &Value) -> String {
        match value {
            Value::Nodes(nodes) => nodes.first().map(|node| self.tree.text(*node)).unwrap_or_default(),
            Value::Number(number) if number.is_infinite() => {
                if *number > 0.0 {
                    "Infinity".into()
                } else {
                    "-Infinity".into()
                }
            }
            Value::Number(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::Truth(truth) => truth.to_string(),
        }
    }

    fn number(&self, value: &Value) -> f64 {
        match value {
            Value::Number(number) => *number,
            Value::Truth(truth) => f64::from(u8::from(*truth)),
            other => self.text(other).trim().parse().unwrap_or(f64::NAN),
        }
    }

    fn truth(&self, value: &Value) -> bool {
        match value {
            Value::Nodes(nodes) => !nodes.is_empty(),
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Text(text) => !text.is_empty(),
            Value::Truth(truth) => *truth,
        }
    }

    fn binary(&self, operator: Operator, left: &Expr, right: &Expr) -> Result<Value> {
        let left = self.value(left)?;
        match (operator, self.truth(&left)) {
            (Operator::Or, true) => return Ok(Value::Truth(true)),
            (Operator::And, false) => return Ok(Value::Truth(false)),
            _ => {}
        }
        let right = self.value(right)?;
        let (a, b) = (self.number(&left), self.number(&right));
        Ok(match operator {
            Operator::Or | Operator::And => Value::Truth(self.truth(&right)),
            Operator::Add => Value::Number(a + b),
            Operator::Subtract => Value::Number(a - b),
            Operator::Multiply => Value::Number(a * b),
            Operator::Divide => Value::Number(a / b),
            Operator::Remainder => Value::Number(a % b),
            Operator::Union => match (left, right) {
                (Value::Nodes(one), Value::Nodes(other)) => {
                    Value::Nodes(ordered(one.into_iter().chain(other)))
                }
                _ => return Err(XpathError::BadArguments),
            },
            comparison => Value::Truth(self.compare(comparison, &left, &right)),
        })
    }

    /// A comparison with nodes holds if it does for any one of them.
    fn compare(&self, operator: Operator, left: &Value, right: &Value) -> bool {
        let each =
            |nodes: &[usize]| nodes.iter().map(|node| Value::Text(self.tree.text(*node))).collect::<Vec<_>>();
        match (left, right) {
            (Value::Nodes(_), Value::Truth(_)) | (Value::Truth(_), Value::Nodes(_)) => self.compare_plain(
                operator,
                &Value::Truth(self.truth(left)),
                &Value::Truth(self.truth(right)),
            ),
            (Value::Nodes(nodes), _) => each(nodes).iter().any(|left| self.compare(operator, left, right)),
            (_, Value::Nodes(nodes)) => each(nodes).iter().any(|right| self.compare(operator, left, right)),
            _ => self.compare_plain(operator, left, right),
        }
    }

    fn compare_plain(&self, operator: Operator, left: &Value, right: &Value) -> bool {
        let (a, b) = (self.number(left), self.number(right));
        let equal = match (left, right) {
            (Value::Truth(_), _) | (_, Value::Truth(_)) => self.truth(left) == self.truth(right),
            (Value::Number(_), _) | (_, Value::Number(_)) => a == b,
            _ => self.text(left) == self.text(right),
        };
        match operator {
            Operator::Equal => equal,
            Operator::Unequal => !equal,
            Operator::Less => a < b,
            Operator::LessOrEqual => a <= b,
            Operator::Greater => a > b,
            _ => a >= b,
        }
    }

    fn path(&self, start: &Start, steps: &[Step]) -> Result<Vec<usize>> {
        let mut found = match start {
            Start::Document => vec![0],
            Start::Here => vec![self.node],
            Start::From(primary, predicates) => {
                let mut nodes = self.nodes(primary)?;
                for predicate in predicates {
                    nodes = self.keep(nodes, predicate)?;
                }
                nodes
            }
        };
        for step in steps {
            let mut next = Vec::new();
            for node in found {
                let mut reached = self.along(node, step.axis);
                reached.retain(|node| self.passes(*node, step));
                for predicate in &step.predicates {
                    reached = self.keep(reached, predicate)?;
                }
                next.extend(reached);
            }
            found = ordered(next);
        }
        Ok(found)
    }

    /// The nodes for which a predicate holds; a number means a position.
    fn keep(&self, nodes: Vec<usize>, predicate: &Expr) -> Result<Vec<usize>> {
        let size = nodes.len();
        let mut kept = Vec::new();
        for (at, node) in nodes.into_iter().enumerate() {
            let here = Context { tree: self.tree, node, position: at + 1, size };
            let holds = match here.value(predicate)? {
                Value::Number(number) => number == (at + 1) as f64,
                value => here.truth(&value),
            };
            if holds {
                kept.push(node);
            }
        }
        Ok(kept)
    }

    fn passes(&self, node: usize, step: &Step) -> bool {
        let this = &self.tree.nodes[node];
        let principal = match step.axis {
            Axis::Attribute => matches!(this.kind, Kind::Attribute(..)),
            _ => matches!(this.kind, Kind::Element(_)),
        };
        match &step.test {
            Test::Any => principal,
            Test::Name(name) => principal && !this.spaced && self.tree.name(node) == name,
            Test::Node => true,
            Test::Text => matches!(this.kind, Kind::Text(_)),
            Test::Comment => matches!(this.kind, Kind::Comment(_)),
            Test::Nothing => false,
        }
    }

    /// The nodes on an axis, nearest first.
    fn along(&self, node: usize, axis: Axis) -> Vec<usize> {
        let nodes = &self.tree.nodes;
        let ancestors = |node: usize| {
            let up = |at: &usize| (*at != 0).then(|| nodes[*at].parent);
            std::iter::successors(up(&node), up)
        };
        let is_attribute = |node: usize| matches!(nodes[node].kind, Kind::Attribute(..));
        let descendants = |node: usize| {
            let mut found = Vec::new();
            let mut open: Vec<usize> = nodes[node].children.iter().rev().copied().collect();
            while let Some(next) = open.pop() {
                found.push(next);
                open.extend(nodes[next].children.iter().rev());
            }
            found
        };
        let siblings =
            |node: usize| if is_attribute(node) { &[][..] } else { &nodes[nodes[node].parent].children[..] };
        match axis {
            Axis::Child => nodes[node].children.clone(),
            Axis::Attribute => nodes[node].attributes.clone(),
            Axis::Itself => vec![node],
            Axis::Parent => ancestors(node).take(1).collect(),
            Axis::Ancestor => ancestors(node).collect(),
            Axis::AncestorOrSelf => std::iter::once(node).chain(ancestors(node)).collect(),
            Axis::Descendant => descendants(node),
            Axis::DescendantOrSelf => std::iter::once(node).chain(descendants(node)).collect(),
            Axis::FollowingSibling => siblings(node).iter().copied().filter(|other| *other > node).collect(),
            Axis::PrecedingSibling => {
                siblings(node).iter().rev().copied().filter(|other| *other < node).collect()
            }
            Axis::Following => {
                let last = descendants(node).last().copied().unwrap_or(node);
                (last + 1..nodes.len()).filter(|other| !is_attribute(*other)).collect()
            }
            Axis::Preceding => {
                let above: Vec<usize> = ancestors(node).collect();
                (1..node).rev().filter(|other| !is_attribute(*other) && !above.contains(other)).collect()
            }
        }
    }

    fn call(&self, name: &str, arguments: &[Expr]) -> Result<Value> {
        let value = |at: usize| match arguments.get(at) {
            Some(argument) => self.value(argument),
            // most functions of one argument look at the node itself without it
            None => Ok(Value::Nodes(vec![self.node])),
        };
        let text = |at: usize| value(at).map(|value| self.text(&value));
        let number = |at: usize| value(at).map(|value| self.number(&value));
        let subject = || match arguments.first() {
            Some(argument) => self.nodes(argument).map(|nodes| nodes.first().copied()),
            None => Ok(Some(self.node)),
        };
        let counts = match name {
            "last" | "position" | "true" | "false" => 0..=0,
            "count" | "boolean" | "not" | "sum" | "floor" | "ceiling" | "round" | "id" | "lang" => 1..=1,
            "string" | "number" | "string-length" | "normalize-space" | "name" | "local-name"
            | "namespace-uri" => 0..=1,
            "contains" | "starts-with" | "substring-before" | "substring-after" => 2..=2,
            "substring" => 2..=3,
            "translate" => 3..=3,
            "concat" => 2..=usize::MAX,
            _ => return Err(XpathError::NoFunction(name.to_owned())),
        };
        if !counts.contains(&arguments.len()) {
            return Err(XpathError::BadArguments);
        }
        Ok(match name {
            "last" => Value::Number(self.size as f64),
            "position" => Value::Number(self.position as f64),
            "true" => Value::Truth(true),
            "false" | "lang" => Value::Truth(false),
            "id" => Value::Nodes(Vec::new()),
            "count" => Value::Number(self.nodes(&arguments[0])?.len() as f64),
            "sum" => {
                let nodes = self.nodes(&arguments[0])?;
                Value::Number(nodes.into_iter().map(|node| self.number(&Value::Nodes(vec![node]))).sum())
            }
            "boolean" => Value::Truth(self.truth(&value(0)?)),
            "not" => Value::Truth(!self.truth(&value(0)?)),
            "floor" => Value::Number(number(0)?.floor()),
            "ceiling" => Value::Number(number(0)?.ceil()),
            "round" => Value::Number((number(0)? + 0.5).floor()),
            "number" => Value::Number(number(0)?),
            "string" => Value::Text(text(0)?),
            "string-length" => Value::Number(text(0)?.chars().count() as f64),
            "normalize-space" => Value::Text(text(0)?.split_ascii_whitespace().collect::<Vec<_>>().join(" ")),
            "name" => Value::Text(subject()?.map(|node| self.tree.name(node).to_owned()).unwrap_or_default()),
            "local-name" => {
                let name = subject()?.map(|node| self.tree.name(node)).unwrap_or_default();
                Value::Text(name.rsplit(':').next().unwrap_or_default().to_owned())
            }
            "namespace-uri" => Value::Text(String::new()),
            "contains" => Value::Truth(text(0)?.contains(&text(1)?)),
            "starts-with" => Value::Truth(text(0)?.starts_with(&text(1)?)),
            "substring-before" => Value::Text(
                text(0)?.split_once(&text(1)?).map(|(before, _)| before.to_owned()).unwrap_or_default(),
            ),
            "substring-after" => Value::Text(
                text(0)?.split_once(&text(1)?).map(|(_, after)| after.to_owned()).unwrap_or_default(),
            ),
            "substring" => {
                let from = (number(1)? + 0.5).floor();
                let end = if arguments.len() > 2 { from + (number(2)? + 0.5).floor() } else { f64::INFINITY };
                let inside = |at: usize| (at + 1) as f64 >= from && ((at + 1) as f64) < end;
                let chars = text(0)?;
                Value::Text(chars.chars().enumerate().filter(|(at, _)| inside(*at)).map(|(_, c)| c).collect())
            }
            "translate" => {
                let (from, to): (Vec<char>, Vec<char>) =
                    (text(1)?.chars().collect(), text(2)?.chars().collect());
                let map = |c: char| match from.iter().position(|own| *own == c) {
                    Some(at) => to.get(at).copied(),
                    None => Some(c),
                };
                Value::Text(text(0)?.chars().filter_map(map).collect())
            }
            _ => {
                let parts: Result<Vec<String>> = (0..arguments.len()).map(text).collect();
                Value::Text(parts?.concat())
            }
        })
    }
}

fn ordered(nodes: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let mut nodes: Vec<usize> = nodes.into_iter().collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}
