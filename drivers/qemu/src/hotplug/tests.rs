//! Definitions before and after.

use super::config;
use crate::prepare::{Host, Terms};
use crate::testing::caps;
use vir_base::{ErrorCode, Result};
use vir_model::domain::defaults::Kernel;
use vir_model::domain::device::LoneDevice;
use vir_model::domain::device::info::Address;
use vir_model::domain::{Domain, ParseOptions};

type Change =
    fn(&mut Domain, LoneDevice, &Terms<'_>, &mut dyn vir_model::domain::defaults::Random) -> Result<()>;

fn with_terms<T>(run: impl FnOnce(&Terms<'_>) -> T) -> T {
    let (caps, host) = (caps(), Host { arch: "x86_64".into(), ..Host::default() });
    run(&Terms { caps: &caps, host: &host, abi_update: true })
}

fn domain(devices: &str) -> Domain {
    let xml = format!(
        "<domain type='qemu'><name>g</name><memory unit='MiB'>256</memory><vcpu>1</vcpu>\
         <os><type arch='x86_64' machine='q35'>hvm</type></os><devices>{devices}</devices></domain>"
    );
    let mut def = Domain::parse(&xml, ParseOptions::default()).unwrap();
    with_terms(|terms| terms.complete(&mut def, &mut Kernel)).unwrap();
    def
}

fn changed(def: &mut Domain, xml: &str, change: Change) -> std::result::Result<(), (ErrorCode, String)> {
    let device = Domain::parse_device(xml, ParseOptions::default()).unwrap();
    let result = with_terms(|terms| change(def, device, terms, &mut Kernel));
    result.map_err(|error| (error.code(), error.data().str2.clone().unwrap_or_default()))
}

fn refused(def: &Domain, xml: &str, change: Change) -> (ErrorCode, String) {
    changed(&mut def.clone(), xml, change).unwrap_err()
}

const VDA: &str = "<disk><source file='/a'/><target dev='vda'/></disk>";
const VDB: &str = "<disk><source file='/b'/><target dev='vdb'/></disk>";

#[test]
fn what_is_attached_is_settled_and_has_its_place() {
    let mut def = domain(VDA);
    let before = def.clone();
    changed(&mut def, VDB, config::attach).unwrap();
    let disk = &def.devices.disks[1];
    assert_eq!(disk.driver.as_ref().unwrap().name.as_deref(), Some("qemu"));
    assert!(matches!(disk.info.address, Some(Address::Pci(_))));
    assert_eq!(
        refused(&def, VDB, config::attach),
        (ErrorCode::OperationInvalid, "target vdb already exists".into())
    );
    changed(&mut def, VDB, config::detach).unwrap();
    assert_eq!(def.devices.disks, before.devices.disks);
    assert_eq!(refused(&def, VDB, config::detach), (ErrorCode::DeviceMissing, "no target device vdb".into()));
}

#[test]
fn a_scsi_disk_brings_its_controller() {
    let mut def = domain("");
    let sda = "<disk><source file='/a'/><target dev='sda' bus='scsi'/></disk>";
    changed(&mut def, sda, config::attach).unwrap();
    assert!(def.devices.controllers.iter().any(|c| c.kind.unwrap().as_str() == "scsi"));
    let beside = "<disk><source file='/b'/><target dev='sdb' bus='scsi'/>\
                  <address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>";
    assert_eq!(
        refused(&def, beside, config::attach),
        (ErrorCode::OperationInvalid, "Domain already contains a disk with that address".into())
    );
}

#[test]
fn of_some_devices_there_is_one() {
    let rng = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>";
    let mut def = domain(rng);
    changed(&mut def, rng, config::attach).unwrap();
    assert_eq!(def.devices.rngs.len(), 2);
    changed(&mut def, rng, config::detach).unwrap();
    changed(&mut def, rng, config::detach).unwrap();
    assert_eq!(
        refused(&def, rng, config::detach),
        (ErrorCode::DeviceMissing, "no matching RNG device was found".into())
    );
    assert_eq!(
        refused(&def, "<video><model type='vga'/></video>", config::attach),
        (ErrorCode::OperationUnsupported, "persistent attach of device 'video' is not supported".into())
    );
    let dog = |action: &str| format!("<watchdog model='itco' action='{action}'/>");
    assert_eq!(
        refused(&def, &dog("poweroff"), config::attach),
        (ErrorCode::OperationInvalid, "domain can only have one watchdog with model 'itco'".into())
    );
}

#[test]
fn an_interface_is_changed_where_it_stands() {
    let net = |mac: u8, more: &str| {
        format!("<interface type='user'><mac address='52:54:00:00:00:0{mac}'/>{more}</interface>")
    };
    let mut def = domain(&(net(1, "") + &net(2, "")));
    changed(&mut def, &net(1, "<link state='down'/>"), config::update).unwrap();
    assert!(def.devices.interfaces[0].link.is_some() && def.devices.interfaces[1].link.is_none());
    let (code, text) = refused(&def, &net(3, ""), config::update);
    assert_eq!(code, ErrorCode::DeviceMissing);
    assert!(text.starts_with("no device found at address"), "{text}");
}

#[test]
fn the_turn_at_boot_is_one_devices() {
    let first = |disk: &str| disk.replace("</disk>", "<boot order='1'/></disk>");
    let def = domain(&first(VDA));
    assert_eq!(
        refused(&def, &first(VDB), config::attach),
        (ErrorCode::ConfigUnsupported, "boot order 1 is already used by another device".into())
    );
    // a device that takes its own place keeps its turn
    changed(&mut def.clone(), &first(VDA), config::update).unwrap();
}

#[test]
fn a_channel_goes_by_its_name() {
    let channel =
        |name: &str| format!("<channel type='unix'><target type='virtio' name='{name}'/></channel>");
    let mut def = domain(&channel("a"));
    assert_eq!(
        refused(&def, &channel("a"), config::attach),
        (ErrorCode::OperationInvalid, "chardev already exists".into())
    );
    changed(&mut def, &channel("b"), config::attach).unwrap();
    changed(&mut def, &channel("a"), config::detach).unwrap();
    assert_eq!(def.devices.channels.len(), 1);
}
