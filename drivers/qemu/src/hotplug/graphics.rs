//! Displays: passwords that change while a guest runs.

use super::plan::Step;
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};
use vir_base::{Result, bail};
use vir_model::domain::device::display::{Graphics, GraphicsType};
use vir_model::domain::device::graphics::{Connected, ListenType};

/// What is to be done to make a display of a running guest as a new document says; gives it as it is then. `usual` is
/// the password that is configured for displays that have none.
///
/// # Errors
/// What cannot be changed while it runs.
pub fn change(old: &Graphics, new: &Graphics, usual: Option<&str>) -> Result<(Graphics, Vec<Step>)> {
    let name = new.kind().as_str();
    if new.listens.len() != old.listens.len() {
        bail!(
            Qemu,
            OperationUnsupported,
            "cannot change the number of listen addresses on '{name}' graphics"
        );
    }
    for (new, old) in new.listens.iter().zip(&old.listens) {
        if new.kind != old.kind {
            bail!(
                Qemu,
                OperationUnsupported,
                "cannot change the type of listen address on '{name}' graphics"
            );
        }
        let (same, what) = match new.kind {
            Some(ListenType::Address) => (new.address == old.address, "address"),
            Some(ListenType::Network) => (new.network == old.network, "address"),
            Some(ListenType::Socket) => (new.socket == old.socket, "socket"),
            Some(ListenType::None) | None => (true, ""),
        };
        if !same {
            bail!(Qemu, OperationUnsupported, "cannot change listen {what} setting on '{name}' graphics");
        }
    }
    if !matches!(new.kind(), GraphicsType::Vnc | GraphicsType::Spice) {
        bail!(Qemu, InternalError, "unable to change config on '{name}' graphics type");
    }
    let ports = |g: &Graphics| (g.port, g.tls_port);
    if new.autoport != old.autoport || (!new.autoport && ports(new) != ports(old)) {
        bail!(Qemu, OperationUnsupported, "cannot change port settings on {name} graphics");
    }
    if new.keymap != old.keymap {
        bail!(Qemu, OperationUnsupported, "cannot change keymap setting on {name} graphics");
    }
    let spice_out = new.kind() == GraphicsType::Spice && new.connected == Some(Connected::Disconnect);
    let changes = old.passwd_valid_to.is_some()
        || new.passwd_valid_to.is_some()
        || old.connected != new.connected
        || spice_out
        || old.passwd != new.passwd;
    if !changes {
        return Ok((old.clone(), Vec::new()));
    }
    let mut changed = old.clone();
    (changed.passwd, changed.passwd_valid_to, changed.connected) =
        (new.passwd.clone(), new.passwd_valid_to.clone(), new.connected);
    let Some(password) = new.passwd.as_deref().or(usual) else { return Ok((changed, Vec::new())) };
    let mut arguments = json!({"protocol": name, "password": password});
    if let Some(connected) = new.connected {
        arguments["connected"] = connected.as_str().into();
    }
    let ends = new.passwd_valid_to.as_deref().map(seconds).transpose()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs() as i64);
    let expires = match ends {
        _ if password.is_empty() => "now".to_owned(),
        Some(end) if end <= now => "now".to_owned(),
        Some(end) => end.to_string(),
        None => "never".to_owned(),
    };
    let steps = vec![
        Step::plain("set_password", arguments),
        Step::plain("expire_password", json!({"protocol": name, "time": expires})),
    ];
    Ok((changed, steps))
}

/// Seconds since 1970 of a time like `2010-11-28T14:29:01`.
fn seconds(text: &str) -> Result<i64> {
    let mut parts = text.splitn(6, ['-', 'T', ':']).map(|part| part.parse::<i64>().ok());
    let mut next = || parts.next().flatten();
    let all = (|| Some((next()?, next()?, next()?, next()?, next()?, next()?)))();
    let Some((year, month @ 1..=12, day @ 1..=31, hour, minute, second)) = all else {
        bail!(
            Domain,
            InternalError,
            "cannot parse password validity time '{text}', expect YYYY-MM-DDTHH:MM:SS"
        );
    };
    // years begin in March, so that leap days come last
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
        - 719_469;
    Ok(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vir_model::domain::device::LoneDevice;
    use vir_model::domain::{Domain, ParseOptions};

    fn vnc(attributes: &str) -> Graphics {
        let xml = format!("<graphics type='vnc' port='5901' autoport='no' {attributes}/>");
        match Domain::parse_device(&xml, ParseOptions::default()).unwrap() {
            LoneDevice::Graphics(graphics) => *graphics,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn times_are_seconds() {
        for (text, expected) in [
            ("1970-01-01T00:00:00", 0),
            ("2010-11-28T14:29:01", 1_290_954_541),
            ("2024-02-29T23:59:59", 1_709_251_199),
        ] {
            assert_eq!(seconds(text).unwrap(), expected, "{text}");
        }
        assert!(seconds("soon").is_err());
    }

    #[test]
    fn a_new_password_is_set_and_never_ends_unless_it_is_said() {
        let (now, steps) = change(&vnc("passwd='a'"), &vnc("passwd='b' connected='keep'"), None).unwrap();
        assert_eq!(now.passwd.as_deref(), Some("b"));
        assert_eq!(steps[0].tell.arguments, json!({"protocol": "vnc", "password": "b", "connected": "keep"}));
        assert_eq!(steps[1].tell.arguments, json!({"protocol": "vnc", "time": "never"}));
        let past = vnc("passwd='a' passwdValidTo='2001-01-01T00:00:00'");
        assert_eq!(change(&vnc("passwd='a'"), &past, None).unwrap().1[1].tell.arguments["time"], "now");
        assert_eq!(change(&vnc("passwd='a'"), &vnc("passwd='a'"), None).unwrap().1, []);
    }

    #[test]
    fn where_it_listens_stays() {
        let old = vnc("listen='127.0.0.1'");
        let error = change(&old, &vnc("listen='0.0.0.0'"), None).unwrap_err();
        assert_eq!(
            error.data().str2.as_deref(),
            Some("cannot change listen address setting on 'vnc' graphics")
        );
    }
}
