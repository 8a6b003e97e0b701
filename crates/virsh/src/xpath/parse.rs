//! From text to an expression.

use super::XpathError;

/// Parentheses and predicates may nest this deep; more is refused instead of using up the stack.
const MAX_DEPTH: usize = 50;

/// The longest expression, in names, numbers and signs: long chains of operators nest as well.
const MAX_TOKENS: usize = 1000;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Binary(Operator, Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    Number(f64),
    Text(String),
    Call(String, Vec<Expr>),
    Path(Start, Vec<Step>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Union,
}

/// Where a path begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Start {
    Document,
    Here,
    /// At the nodes that an expression gives, those for which all predicates hold.
    From(Box<Expr>, Vec<Expr>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Parent,
    Ancestor,
    AncestorOrSelf,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
    Attribute,
    Itself,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Any,
    Name(String),
    Node,
    Text,
    Comment,
    /// Processing instructions: none is kept.
    Nothing,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Number(f64),
    Text(String),
    Sign(&'static str),
}

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expr, XpathError> {
    let tokens = tokens(text)?;
    if tokens.len() > MAX_TOKENS {
        return Err(XpathError::Invalid);
    }
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let expression = parser.expression(0)?;
    match parser.at == parser.tokens.len() {
        true => Ok(expression),
        false => Err(XpathError::Invalid),
    }
}

const SIGNS: [&str; 22] = [
    "//", "::", "..", "!=", "<=", ">=", "/", ":", ".", "(", ")", "[", "]", "@", ",", "|", "+", "-", "=", "<",
    ">", "*",
];

fn tokens(text: &str) -> Result<Vec<Token>, XpathError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length;
        if first == '"' || first == '\'' {
            let end = rest[1..].find(first).ok_or(XpathError::Invalid)?;
            tokens.push(Token::Text(rest[1..=end].to_owned()));
            length = end + 2;
        } else if first.is_ascii_digit()
            || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            tokens.push(Token::Number(rest[..length].parse().map_err(|_| XpathError::Invalid)?));
        } else if first.is_alphabetic() || first == '_' {
            let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            length = rest.find(|c| !part(c)).unwrap_or(rest.len());
            tokens.push(Token::Name(rest[..length].to_owned()));
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign)).ok_or(XpathError::Invalid)?;
            length = sign.len();
            tokens.push(Token::Sign(sign));
        }
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// Operators by how tightly they bind, loosest first; names among them are operators only here.
const LEVELS: [&[(&str, Operator)]; 7] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[("=", Operator::Equal), ("!=", Operator::Unequal)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("div", Operator::Divide), ("mod", Operator::Remainder)],
    &[("|", Operator::Union)],
];

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&self, ahead: usize, sign: &str) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some(Token::Sign(own)) if *own == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let there = self.is(0, sign);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, sign: &str) -> Result<(), XpathError> {
        if self.take(sign) { Ok(()) } else { Err(XpathError::Invalid) }
    }

    fn expression(&mut self, level: usize) -> Result<Expr, XpathError> {
        // the minus sign binds looser than a union, tighter than everything else
        if level == LEVELS.len() - 1 && self.take("-") {
            return self.nested(|parser| Ok(Expr::Negate(Box::new(parser.expression(level)?))));
        }
        let Some(operators) = LEVELS.get(level) else { return self.path() };
        let mut left = self.expression(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.expression(level + 1)?;
            left = Expr::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        let text = match self.peek()? {
            Token::Name(name) => name.as_str(),
            Token::Sign(sign) => sign,
            _ => return None,
        };
        let (_, operator) = operators.iter().find(|(own, _)| *own == text)?;
        self.at += 1;
        Some(*operator)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, XpathError>) -> Result<T, XpathError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(XpathError::Invalid);
        }
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn path(&mut self) -> Result<Expr, XpathError> {
        let mut steps = Vec::new();
        let start = if self.take("/") {
            if !self.at_step() {
                return Ok(Expr::Path(Start::Document, steps));
            }
            Start::Document
        } else if self.take("//") {
            steps.push(anywhere());
            Start::Document
        } else if self.at_primary() {
            let primary = self.primary()?;
            let predicates = self.predicates()?;
            if predicates.is_empty() && !self.is(0, "/") && !self.is(0, "//") {
                return Ok(primary);
            }
            let start = Start::From(Box::new(primary), predicates);
            match (self.take("//"), self.is(0, "/")) {
                (true, _) => steps.push(anywhere()),
                (false, true) => self.at += 1,
                (false, false) => return Ok(Expr::Path(start, steps)),
            }
            start
        } else {
            Start::Here
        };
        loop {
            steps.push(self.step()?);
            if self.take("//") {
                steps.push(anywhere());
            } else if !self.take("/") {
                return Ok(Expr::Path(start, steps));
            }
        }
    }

    fn at_step(&self) -> bool {
        match self.peek() {
            Some(Token::Name(_)) => true,
            Some(Token::Sign(sign)) => matches!(*sign, "." | ".." | "@" | "*"),
            _ => false,
        }
    }

    /// True before something that is no step: a literal, parentheses, or a call of a function.
    fn at_primary(&self) -> bool {
        match self.peek() {
            Some(Token::Number(_) | Token::Text(_)) => true,
            Some(Token::Name(name)) => self.is(1, "(") && node_type(name).is_none(),
            Some(Token::Sign(sign)) => *sign == "(",
            None => false,
        }
    }

    fn primary(&mut self) -> Result<Expr, XpathError> {
        let token = self.peek().cloned().ok_or(XpathError::Invalid)?;
        self.at += 1;
        match token {
            Token::Number(number) => Ok(Expr::Number(number)),
            Token::Text(text) => Ok(Expr::Text(text)),
            Token::Name(name) => {
                self.expect("(")?;
                let mut arguments = Vec::new();
                if !self.take(")") {
                    loop {
                        arguments.push(self.nested(|parser| parser.expression(0))?);
                        if self.take(")") {
                            break;
                        }
                        self.expect(",")?;
                    }
                }
                Ok(Expr::Call(name, arguments))
            }
            Token::Sign(_) => {
                let inner = self.nested(|parser| parser.expression(0))?;
                self.expect(")")?;
                Ok(inner)
            }
        }
    }

    fn predicates(&mut self) -> Result<Vec<Expr>, XpathError> {
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.nested(|parser| parser.expression(0))?);
            self.expect("]")?;
        }
        Ok(predicates)
    }

    fn step(&mut self) -> Result<Step, XpathError> {
        let short = |axis| Ok(Step { axis, test: Test::Node, predicates: Vec::new() });
        if self.take("..") {
            return short(Axis::Parent);
        }
        if self.take(".") {
            return short(Axis::Itself);
        }
        let named = match self.peek() {
            Some(Token::Name(name)) if self.is(1, "::") => Some(axis(name).ok_or(XpathError::Invalid)?),
            _ => None,
        };
        let axis = match named {
            Some(axis) => {
                self.at += 2;
                axis
            }
            None if self.take("@") => Axis::Attribute,
            None => Axis::Child,
        };
        let test = self.test()?;
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn test(&mut self) -> Result<Test, XpathError> {
        if self.take("*") {
            return Ok(Test::Any);
        }
        let Some(Token::Name(name)) = self.peek().cloned() else { return Err(XpathError::Invalid) };
        self.at += 1;
        if self.is(0, ":") {
            return Err(XpathError::NoPrefix);
        }
        if !self.take("(") {
            return Ok(Test::Name(name));
        }
        let test = node_type(&name).ok_or(XpathError::Invalid)?;
        if test == Test::Nothing && matches!(self.peek(), Some(Token::Text(_))) {
            self.at += 1;
        }
        self.expect(")")?;
        Ok(test)
    }
}

fn anywhere() -> Step {
    Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() }
}

fn node_type(name: &str) -> Option<Test> {
    Some(match name {
        "node" => Test::Node,
        "text" => Test::Text,
        "comment" => Test::Comment,
        "processing-instruction" => Test::Nothing,
        _ => return None,
    })
}

fn axis(name: &str) -> Option<Axis> {
    Some(match name {
        "child" => Axis::Child,
        "descendant" => Axis::Descendant,
        "descendant-or-self" => Axis::DescendantOrSelf,
        "parent" => Axis::Parent,
        "ancestor" => Axis::Ancestor,
        "ancestor-or-self" => Axis::AncestorOrSelf,
        "following-sibling" => Axis::FollowingSibling,
        "preceding-sibling" => Axis::PrecedingSibling,
        "following" => Axis::Following,
        "preceding" => Axis::Preceding,
        "attribute" => Axis::Attribute,
        "self" => Axis::Itself,
        _ => return None,
    })
}
