//! I/O threads: those a domain has, and which of them serve a disk.

use vir_base::{Result, bail, err};
use vir_xml::{Element, element};

element! {
    /// Several I/O threads that serve a device.
    pub struct IothreadMap "iothreads" => settle {
        /// The threads.
        list iothreads "iothread": Vec<IothreadMapping>,
    }
    /// One of them.
    pub struct IothreadMapping "iothread" {
        /// Its number.
        attr id "id": u32,
        /// The queues that it serves; all in turn if none is named.
        list queues "queue": Vec<QueueRef>,
    }
    /// A queue.
    pub struct QueueRef "queue" {
        /// Its number, from 0.
        attr id "id": u32,
    }
    /// The I/O threads by their numbers.
    pub struct IothreadIds "iothreadids" {
        /// The threads.
        list iothreads "iothread": Vec<Iothread>,
    }
    /// An I/O thread.
    pub struct Iothread "iothread" => settle {
        /// Its number, from 1.
        attr id "id": u32,
        /// Fewest worker threads. Since 8.5.0.
        attr thread_pool_min "thread_pool_min": Option<i32>,
        /// Most worker threads. Since 8.5.0.
        attr thread_pool_max "thread_pool_max": Option<i32>,
        /// How it waits for requests. Since 9.4.0.
        maybe poll "poll": Option<Poll>,
        part made_up "": MadeUp,
    }
    /// How a thread waits for requests.
    pub struct Poll "poll" {
        /// Longest polling in nanoseconds; 0 for none.
        attr max "max": Option<u64>,
        /// Factor by which it grows; 0 for the default.
        attr grow "grow": Option<u64>,
        /// Divisor by which it shrinks; 0 for the default.
        attr shrink "shrink": Option<u64>,
    }
    /// The thread that serves what no other does.
    pub struct DefaultIothread "defaultiothread" => settle {
        /// Fewest worker threads.
        attr thread_pool_min "thread_pool_min": Option<i32>,
        /// Most worker threads.
        attr thread_pool_max "thread_pool_max": Option<i32>,
    }
}

/// A number that must not be negative.
fn not_negative(value: Option<i32>, name: &str, element: &Element) -> Result<()> {
    match value {
        Some(value) if value < 0 => Err(err!(
            Xml,
            XmlError,
            "Invalid value for attribute '{name}' in element '{}': '{value}'. Expected non-negative value",
            element.name
        )),
        _ => Ok(()),
    }
}

impl IothreadMap {
    fn settle(&mut self, _: &Element) -> Result<()> {
        Ok(())
    }
}

impl Iothread {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.id == 0 {
            bail!(
                Xml,
                XmlError,
                "Invalid value for attribute 'id' in element 'iothread': Zero is not permitted"
            );
        }
        not_negative(self.thread_pool_min, "thread_pool_min", element)?;
        not_negative(self.thread_pool_max, "thread_pool_max", element)
    }

    /// Whether it says no more than that there is one.
    pub fn is_plain(&self) -> bool {
        let Self { id: _, made_up: _, thread_pool_min, thread_pool_max, poll } = self;
        thread_pool_min.is_none()
            && thread_pool_max.is_none()
            && poll.as_ref().is_none_or(|p| *p == Poll::default())
    }
}

impl DefaultIothread {
    fn settle(&mut self, element: &Element) -> Result<()> {
        not_negative(self.thread_pool_min, "thread_pool_min", element)?;
        not_negative(self.thread_pool_max, "thread_pool_max", element)
    }
}

/// Whether the document gave a thread's number only by counting it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MadeUp(bool);

impl From<bool> for MadeUp {
    fn from(made_up: bool) -> Self {
        Self(made_up)
    }
}

impl MadeUp {
    /// Whether it did.
    pub fn is_yes(self) -> bool {
        self.0
    }
}

impl vir_xml::Part for MadeUp {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Nothing::table()
    }

    fn take_attr(&mut self, _: &Element, _: &vir_xml::Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, _: &Element, _: &Element) -> Result<bool> {
        Ok(false)
    }

    fn write_attrs(&self, _: &mut vir_xml::Writer) {}

    fn write_children(&self, _: &mut vir_xml::Writer) {}
}
