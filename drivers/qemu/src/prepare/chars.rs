//! Serial ports and channels.

use super::{Board, Family, Host, Terms};
use vir_model::domain::Domain;
use vir_model::domain::device::chardev::{
    Channel, ChannelTargetType, CharType, SerialModel, SerialModelName, SerialTargetType, SocketMode,
};

/// Settles them.
pub(super) fn settle(def: &mut Domain, terms: &Terms<'_>) {
    let (family, board) = (Family::of(def.os.arch()), Board::of(def));
    for serial in &mut def.devices.serials {
        let target = serial.target.get_or_insert_default();
        // `isa-serial` was every machine's default once
        if matches!(target.kind, None | Some(SerialTargetType::IsaSerial)) {
            target.kind = match (family, board) {
                (Family::X86, _) => Some(SerialTargetType::IsaSerial),
                (_, Board::Pseries) => Some(SerialTargetType::SpaprVioSerial),
                (_, board) if board.is_virt() => Some(SerialTargetType::SystemSerial),
                (Family::S390, _) => Some(SerialTargetType::SclpSerial),
                _ => None,
            };
        }
        if target.model.is_none() {
            target.model =
                target.kind.and_then(|kind| model(kind, board)).map(|name| SerialModel { name: Some(name) });
        }
    }
    if def.id.is_none() {
        def.devices.channels.iter_mut().for_each(|channel| forget_path(channel, terms.host));
    }
}

fn model(kind: SerialTargetType, board: Board) -> Option<SerialModelName> {
    Some(match kind {
        SerialTargetType::IsaSerial => SerialModelName::IsaSerial,
        SerialTargetType::UsbSerial => SerialModelName::UsbSerial,
        SerialTargetType::PciSerial => SerialModelName::PciSerial,
        SerialTargetType::SpaprVioSerial => SerialModelName::SpaprVty,
        SerialTargetType::SclpSerial => SerialModelName::Sclpconsole,
        SerialTargetType::IsaDebug => SerialModelName::IsaDebugcon,
        SerialTargetType::SystemSerial => match board {
            Board::ArmVirt => SerialModelName::Pl011,
            Board::LoongArchVirt | Board::RiscVVirt => SerialModelName::Uart16550a,
            _ => return None,
        },
    })
}

/// A path that was made up for a guest is no wish: the next start makes another. A socket without a path is ours.
fn forget_path(channel: &mut Channel, host: &Host) {
    if channel.source.kind() != CharType::Unix {
        return;
    }
    let target = channel.target.as_ref();
    let virtio = target.is_some_and(|target| target.kind == Some(ChannelTargetType::Virtio));
    let name = target.and_then(|target| target.name.as_deref()).unwrap_or_default();
    let made_up = |path: &str| host.channels.iter().any(|directory| is_made_up(path, directory, name));
    if virtio && channel.source.path().is_some_and(made_up) {
        channel.source.set_path(None);
    }
    if channel.source.path().is_none()
        && let Some(source) = channel.source.sources.first_mut()
    {
        source.mode = Some(SocketMode::Bind);
    }
}

/// Whether a socket's path is one that libvirt makes up: `DIRECTORY/[target/]GUEST/NAME`, where a guest stands as
/// `domain-…`, `1-…`, or, long ago, as `….` right before the name.
fn is_made_up(path: &str, directory: &str, name: &str) -> bool {
    let Some(below) = path.strip_prefix(directory).and_then(|rest| rest.strip_prefix('/')) else {
        return false;
    };
    let below = below.strip_prefix("target/").unwrap_or(below);
    let Some(guest) = below.strip_suffix(name) else { return false };
    let directory = guest.strip_suffix('/').filter(|guest| !guest.contains('/'));
    let numbered = |guest: &str| {
        guest.split_once('-').is_some_and(|(number, rest)| {
            !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && !rest.is_empty()
        })
    };
    match directory {
        Some(guest) => guest.strip_prefix("domain-").is_some_and(|rest| !rest.is_empty()) || numbered(guest),
        None => guest.len() > 1 && guest.ends_with('.') && !guest.contains('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_were_made_up_are_known() {
        let directory = "/var/lib/libvirt/qemu/channel";
        for (below, made_up) in [
            ("target/domain-7-web/org.x.0", true),
            ("7-web/org.x.0", true),
            ("target/web.org.x.0", true),
            ("domain-/org.x.0", false),
            ("web/org.x.0", false),
            ("target/domain-7-web/deeper/org.x.0", false),
            ("target/domain-7-web/org.y.0", false),
            ("org.x.0", false),
        ] {
            assert_eq!(is_made_up(&format!("{directory}/{below}"), directory, "org.x.0"), made_up, "{below}");
        }
        assert!(!is_made_up("/tmp/7-web/org.x.0", directory, "org.x.0"));
    }
}
