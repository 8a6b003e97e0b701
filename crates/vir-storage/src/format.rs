//! What is said of an image's format.

use vir_model::domain::device::source::ImageFormat;
use vir_xml::Value;

/// What is said of an image's format, by a document or by the image before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Nothing, and there is nothing that could have one.
    #[default]
    Unset,
    /// Nothing: it has to be guessed. A guest can make any image look like one of another format, so what is guessed
    /// must not lead to other images.
    Guess,
    /// Nothing, but it may be guessed.
    GuessSafely,
    /// This one.
    Is(ImageFormat),
}

impl Format {
    /// The format, if it is said.
    pub fn known(self) -> Option<ImageFormat> {
        match self {
            Self::Is(format) => Some(format),
            Self::Unset | Self::Guess | Self::GuessSafely => None,
        }
    }

    /// The number that the peer has for it.
    pub fn number(self) -> i32 {
        match self {
            Self::GuessSafely => -2,
            Self::Guess => -1,
            Self::Unset => 0,
            Self::Is(format) => {
                let at = ImageFormat::ALL.iter().position(|known| *known == format);
                at.and_then(|at| i32::try_from(at + 1).ok()).unwrap_or(0)
            }
        }
    }

    /// What an image says in words of the one behind it. What names no format names a protocol, and such an image is
    /// raw.
    pub(crate) fn of_backing(name: &str) -> Self {
        Self::Is(ImageFormat::parse(name).unwrap_or(ImageFormat::Raw))
    }
}

impl From<ImageFormat> for Format {
    fn from(format: ImageFormat) -> Self {
        Self::Is(format)
    }
}
