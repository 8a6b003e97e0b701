//! PCI buses: what each takes, which functions of its slots are taken, and how more buses come in.

use crate::domain::device::info::PciAddress;
use vir_base::{Error, ErrorCode, ErrorDomain, Result, bail, err};
use vir_xml::{Value, xml_enum};

xml_enum! {
    /// A PCI controller, which is a bus for others.
    pub enum PciModel {
        PciRoot = "pci-root", PcieRoot = "pcie-root", PciBridge = "pci-bridge",
        DmiToPciBridge = "dmi-to-pci-bridge", PcieToPciBridge = "pcie-to-pci-bridge",
        PcieRootPort = "pcie-root-port", PcieSwitchUpstreamPort = "pcie-switch-upstream-port",
        PcieSwitchDownstreamPort = "pcie-switch-downstream-port", PciExpanderBus = "pci-expander-bus",
        PcieExpanderBus = "pcie-expander-bus",
    }
}

/// What a device is plugged as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plug {
    /// A device of conventional PCI.
    Pci,
    /// A device of PCI Express.
    Pcie,
    /// A controller, which is a device on another bus.
    Controller(PciModel),
}

impl Plug {
    fn describe(self) -> &'static str {
        match self {
            Self::Pci => "standard PCI device",
            Self::Pcie => "PCI Express device",
            Self::Controller(model) => model.as_str(),
        }
    }
}

/// How a device is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connect {
    /// As what.
    pub plug: Plug,
    /// It may be put anywhere that takes its like, where nobody says otherwise.
    pub automatic: bool,
    /// It sits on the root bus alone.
    pub integrated: bool,
    /// Eight of its kind share a slot.
    pub shares_slot: bool,
}

impl Connect {
    /// A device of conventional PCI.
    pub const PCI: Self = Self { plug: Plug::Pci, automatic: true, integrated: false, shares_slot: false };
    /// A device of PCI Express.
    pub const PCIE: Self = Self { plug: Plug::Pcie, ..Self::PCI };

    /// A controller; none for those that are plugged nowhere.
    pub fn of_controller(model: PciModel) -> Option<Self> {
        let shares_slot = model == PciModel::PcieRootPort;
        let plugged = !matches!(model, PciModel::PciRoot | PciModel::PcieRoot);
        plugged.then_some(Self {
            plug: Plug::Controller(model),
            automatic: false,
            integrated: false,
            shares_slot,
        })
    }

    /// As a part of the machine.
    pub fn integrated(self) -> Self {
        Self { integrated: true, ..self }
    }

    /// Where a document says so.
    pub fn by_hand(self) -> Self {
        Self { automatic: false, ..self }
    }
}

/// Where an address comes from: errors name the document or ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Document,
    Chosen,
}

impl Origin {
    fn error(self, message: std::fmt::Arguments<'_>) -> Error {
        let code = match self {
            Self::Document => ErrorCode::XmlError,
            Self::Chosen => ErrorCode::InternalError,
        };
        Error::new(ErrorDomain::Domain, code, message.to_string())
    }
}

/// A slot of a bus.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// A bit for each function that is taken.
    functions: u8,
    /// Devices that can share a slot share this one.
    shared: bool,
}

/// A bus: the inside of a controller.
#[derive(Clone, Debug)]
pub struct Bus {
    /// The controller.
    pub model: PciModel,
    /// Devices are put here automatically.
    automatic: bool,
    accepts: &'static [Plug],
    first: u32,
    last: u32,
    slots: [Slot; 32],
    /// Devices of one group stand together, apart from others; 0 for those that are of none.
    pub group: u32,
    /// The group does not change.
    pub group_fixed: bool,
}

impl Bus {
    /// Of a controller of that model.
    pub fn new(model: PciModel) -> Self {
        use PciModel::*;
        const CONVENTIONAL: &[Plug] = &[Plug::Pci, Plug::Controller(PciBridge)];
        let (accepts, automatic, first, last): (&'static [Plug], bool, u32, u32) = match model {
            PciRoot => {
                (&[Plug::Pci, Plug::Controller(PciBridge), Plug::Controller(PciExpanderBus)], true, 1, 31)
            }
            PciBridge | PcieToPciBridge => (CONVENTIONAL, true, 1, 31),
            PciExpanderBus => (CONVENTIONAL, true, 0, 31),
            DmiToPciBridge => (CONVENTIONAL, false, 0, 31),
            PcieRoot => (
                &[
                    Plug::Pcie,
                    Plug::Controller(PcieRootPort),
                    Plug::Controller(DmiToPciBridge),
                    Plug::Controller(PcieExpanderBus),
                ],
                false,
                1,
                31,
            ),
            PcieRootPort | PcieSwitchDownstreamPort => (
                &[Plug::Pcie, Plug::Controller(PcieSwitchUpstreamPort), Plug::Controller(PcieToPciBridge)],
                true,
                0,
                0,
            ),
            PcieSwitchUpstreamPort => (&[Plug::Controller(PcieSwitchDownstreamPort)], false, 0, 31),
            PcieExpanderBus => {
                (&[Plug::Controller(PcieRootPort), Plug::Controller(DmiToPciBridge)], false, 0, 31)
            }
        };
        Self {
            model,
            automatic,
            accepts,
            first,
            last,
            slots: [Slot::default(); 32],
            group: 0,
            group_fixed: false,
        }
    }

    fn places(&self) -> &[Slot] {
        &self.slots[self.first as usize..=self.last as usize]
    }

    /// Every slot is taken.
    pub fn is_full(&self) -> bool {
        self.places().iter().all(|slot| slot.functions != 0)
    }

    fn is_empty(&self) -> bool {
        self.places().iter().all(|slot| slot.functions == 0)
    }

    /// What keeps a device from this bus, which has this number; nothing if it may be there.
    fn obstacle(&self, number: u32, connect: Connect, origin: Origin) -> Option<Obstacle> {
        let mut automatic = self.automatic;
        let mut also = None;
        if connect.integrated {
            if number != 0 {
                return Some(Obstacle::NotIntegrated);
            }
            (automatic, also) = (true, Some(Plug::Pci));
        }
        let accepts = |plug: Plug| self.accepts.contains(&plug) || also == Some(plug);
        if origin == Origin::Chosen && connect.automatic && !automatic {
            return Some(Obstacle::NotAutomatic);
        }
        let endpoint = |plug: Plug| matches!(plug, Plug::Pci | Plug::Pcie);
        let bridge = connect.plug == Plug::Controller(PciModel::PciBridge);
        // who says where it goes may mix old and new
        let by_hand = origin == Origin::Document
            && (endpoint(connect.plug) || bridge)
            && (accepts(Plug::Pci) || accepts(Plug::Pcie));
        (!accepts(connect.plug) && !by_hand).then_some(Obstacle::Kind)
    }
}

/// What keeps a device from a bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Obstacle {
    NotIntegrated,
    NotAutomatic,
    Kind,
}

/// Buses that a machine can have: their numbers are of eight bits.
pub const MAX_BUSES: usize = 256;

/// How a machine's buses multiply.
#[derive(Clone, Copy, Debug, Default)]
pub struct Growth {
    /// There can be several roots.
    pub many_roots: bool,
    /// There are bridges from PCI Express to conventional PCI.
    pub pcie_to_pci: bool,
}

/// All buses of a domain.
#[derive(Clone, Debug)]
pub struct Buses {
    all: Vec<Bus>,
    /// How more come in, while it is found out how many are needed.
    growth: Option<Growth>,
}

/// `0000:00:02.0`.
fn shown(address: &PciAddress) -> String {
    format!("{:04x}:{:02x}:{:02x}.{:x}", address.domain, address.bus, address.slot, address.function)
}

impl Buses {
    /// Those that there are; with `growth`, more come in as they are needed.
    pub fn new(all: Vec<Bus>, growth: Option<Growth>) -> Self {
        Self { all, growth }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Each with its number.
    pub fn iter(&self) -> impl Iterator<Item = &Bus> {
        self.all.iter()
    }

    /// Something sits in that slot.
    pub fn is_taken(&self, address: &PciAddress) -> bool {
        let bus = self.all.get(address.bus as usize);
        bus.and_then(|bus| bus.slots.get(address.slot as usize)).is_some_and(|slot| slot.functions != 0)
    }

    /// Takes the place that a document, or the machine, says.
    ///
    /// # Errors
    /// There is no such place, it takes no such device, or another has it.
    pub fn take(&mut self, address: &PciAddress, connect: Connect, group: u32) -> Result<()> {
        self.reserve(address, connect, group, Origin::Document)
    }

    /// Whether a document could say that place.
    ///
    /// # Errors
    /// There is no such place, or it takes no such device.
    pub fn check(&self, address: &PciAddress, connect: Connect) -> Result<()> {
        self.validate(address, connect, Origin::Document)
    }

    /// Takes the next free place; `function` where that matters.
    ///
    /// # Errors
    /// There is none, and no bus for it can be added.
    pub fn take_next(&mut self, connect: Connect, group: u32, function: Option<u32>) -> Result<PciAddress> {
        if self.all.is_empty() {
            bail!(Domain, XmlError, "No PCI buses available");
        }
        let address = match self.find(connect, group, function) {
            Some(address) => address,
            None if self.growth.is_some() => {
                let mut address = PciAddress { function: function.unwrap_or(0), ..PciAddress::default() };
                address.bus = self.all.len() as u32;
                self.grow(&mut address, connect)?;
                address.slot = self.all.get(address.bus as usize).map_or(0, |bus| bus.first);
                address
            }
            None => bail!(Domain, InternalError, "No more available PCI slots"),
        };
        self.reserve(&address, connect, group, Origin::Chosen)?;
        Ok(address)
    }

    fn find(&self, connect: Connect, group: u32, function: Option<u32>) -> Option<PciAddress> {
        let on = |wanted: &dyn Fn(&Bus) -> bool| {
            let candidates = (0u32..).zip(&self.all).filter(|(_, bus)| wanted(bus));
            candidates.into_iter().find_map(|(number, bus)| free_on(bus, number, connect, function))
        };
        // a bus of the same group, else an empty one that can become one
        on(&|bus| bus.group == group).or_else(|| on(&|bus| bus.is_empty() && !bus.group_fixed))
    }

    fn validate(&self, address: &PciAddress, connect: Connect, origin: Origin) -> Result<()> {
        let at = shown(address);
        let Some(last) = self.all.len().checked_sub(1) else {
            return Err(origin.error(format_args!("No PCI buses available")));
        };
        if address.domain != 0 {
            return Err(
                origin.error(format_args!("Invalid PCI address {at}. Only PCI domain 0 is available"))
            );
        }
        let Some(bus) = self.all.get(address.bus as usize) else {
            return Err(origin
                .error(format_args!("Invalid PCI address {at}. Only PCI buses up to {last} are available")));
        };
        let index = address.bus;
        match bus.obstacle(address.bus, connect, origin) {
            None => {}
            Some(Obstacle::NotIntegrated) => {
                return Err(origin.error(format_args!(
                    "The device at PCI address {at} needs to be an integrated device (bus=0)"
                )));
            }
            Some(Obstacle::NotAutomatic) => {
                return Err(origin.error(format_args!(
                    "The device at PCI address {at} was auto-assigned this address, but the PCI controller with \
                     index='{index}' doesn't allow auto-assignment"
                )));
            }
            Some(Obstacle::Kind) => {
                return Err(origin.error(format_args!(
                    "The device at PCI address {at} cannot be plugged into the PCI controller with index='{index}'. \
                     It requires a controller that accepts a {}.",
                    connect.plug.describe()
                )));
            }
        }
        if address.slot < bus.first {
            return Err(origin.error(format_args!("Invalid PCI address {at}. slot must be >= {}", bus.first)));
        }
        if address.slot > bus.last {
            return Err(origin.error(format_args!("Invalid PCI address {at}. slot must be <= {}", bus.last)));
        }
        if address.function > 7 {
            return Err(origin.error(format_args!("Invalid PCI address {at}. function must be <= 7")));
        }
        Ok(())
    }

    fn reserve(&mut self, address: &PciAddress, connect: Connect, group: u32, origin: Origin) -> Result<()> {
        let mut address = *address;
        if self.growth.is_some() {
            self.grow(&mut address, connect)?;
        }
        self.validate(&address, connect, origin)?;
        let bus = &mut self.all[address.bus as usize];
        let slot = &bus.slots[address.slot as usize];
        if slot.functions & 1 << address.function != 0 {
            return Err(origin.error(format_args!("Attempted double use of PCI Address {}", shown(&address))));
        }
        if bus.is_empty() && !bus.group_fixed {
            bus.group = group;
        } else if bus.group != group && origin == Origin::Document {
            // who says where it goes gives up its isolation
            bus.group = 0;
        }
        let slot = &mut bus.slots[address.slot as usize];
        slot.shared |= slot.functions == 0 && connect.shares_slot;
        slot.functions |= 1 << address.function;
        Ok(())
    }

    /// Adds buses until there is the one of that number; one more where a device of conventional PCI is the first of
    /// its kind on a machine of PCI Express.
    fn grow(&mut self, address: &mut PciAddress, connect: Connect) -> Result<()> {
        let have = self.all.len();
        if (address.bus as usize) < have {
            return Ok(());
        }
        let mut add = address.bus as usize - have + 1;
        let growth = self.growth.unwrap_or_default();
        let mut link = None;
        let model = match connect.plug {
            Plug::Pci if growth.many_roots => PciModel::PciRoot,
            Plug::Pci => {
                let bridges = Plug::Controller(PciModel::PciBridge);
                if !self.all.iter().any(|bus| bus.accepts.contains(&bridges)) {
                    link = Some(growth.pcie_to_pci);
                    if add == 1 {
                        add += 1;
                        address.bus += 1;
                    }
                }
                PciModel::PciBridge
            }
            Plug::Pcie | Plug::Controller(PciModel::PcieSwitchUpstreamPort) => PciModel::PcieRootPort,
            Plug::Controller(PciModel::PcieToPciBridge) => {
                bail!(
                    Domain,
                    InternalError,
                    "Cannot automatically add a new PCI bus for a device with connect flags 2000"
                )
            }
            Plug::Controller(model) => return Err(no_slot(model)),
        };
        if have + add > MAX_BUSES {
            return Err(too_many(model));
        }
        match link {
            Some(true) => {
                // for the bridge alone: a device that comes later gets a port of its own
                let port = Bus {
                    accepts: &[Plug::Controller(PciModel::PcieToPciBridge)],
                    automatic: false,
                    ..Bus::new(PciModel::PcieRootPort)
                };
                self.all.extend([port, Bus::new(PciModel::PcieToPciBridge)]);
            }
            Some(false) => self.all.push(Bus::new(PciModel::DmiToPciBridge)),
            None => {}
        }
        while self.all.len() < have + add {
            self.all.push(Bus::new(model));
        }
        Ok(())
    }
}

fn no_slot(model: PciModel) -> Error {
    err!(
        Domain,
        InternalError,
        "a PCI slot is needed to connect a PCI controller model='{}', but none is available, and it cannot be \
         automatically added",
        model.as_str()
    )
}

/// Why there are no more buses of that model: ports run out of slots before they run out of numbers.
fn too_many(model: PciModel) -> Error {
    match model {
        PciModel::PcieRootPort => no_slot(model),
        _ => err!(
            Domain,
            ConfigUnsupported,
            "PCI controller index {MAX_BUSES} too high, maximum is {}",
            MAX_BUSES - 1
        ),
    }
}

/// A free function on a bus, in a slot of its own or one that its kind shares.
fn free_on(bus: &Bus, number: u32, connect: Connect, function: Option<u32>) -> Option<PciAddress> {
    if bus.obstacle(number, connect, Origin::Chosen).is_some() {
        return None;
    }
    let wanted = function.unwrap_or(0);
    (bus.first..=bus.last).find_map(|slot| {
        let Slot { functions, shared } = bus.slots[slot as usize];
        let free = |function: &u32| functions & 1 << function == 0;
        let function = if functions == 0 {
            Some(wanted)
        } else if connect.shares_slot && shared {
            match function {
                Some(_) => Some(wanted).filter(free),
                None => (0..8).find(free),
            }
        } else {
            None
        };
        function.map(|function| PciAddress { bus: number, slot, function, ..PciAddress::default() })
    })
}

/// The model of a controller by its name.
pub fn model_of(name: Option<&str>) -> Option<PciModel> {
    PciModel::parse(name?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(bus: u32, slot: u32, function: u32) -> PciAddress {
        PciAddress { bus, slot, function, ..PciAddress::default() }
    }

    fn growing(model: PciModel) -> Buses {
        Buses::new(vec![Bus::new(model)], Some(Growth { many_roots: false, pcie_to_pci: true }))
    }

    #[test]
    fn conventional_devices_take_slots_in_turn_and_then_a_bridge() {
        let mut buses = growing(PciModel::PciRoot);
        buses.take(&at(0, 2, 0), Connect::PCI, 0).unwrap();
        assert_eq!(buses.take_next(Connect::PCI, 0, None).unwrap(), at(0, 1, 0));
        assert_eq!(buses.take_next(Connect::PCI, 0, None).unwrap(), at(0, 3, 0));
        for _ in 4..32 {
            buses.take_next(Connect::PCI, 0, None).unwrap();
        }
        assert_eq!(buses.take_next(Connect::PCI, 0, None).unwrap(), at(1, 1, 0));
        assert_eq!(buses.iter().last().unwrap().model, PciModel::PciBridge);
    }

    #[test]
    fn each_express_device_has_a_port_and_conventional_ones_share_a_bridge() {
        let mut buses = growing(PciModel::PcieRoot);
        assert_eq!(buses.take_next(Connect::PCIE, 0, None).unwrap(), at(1, 0, 0));
        assert_eq!(buses.take_next(Connect::PCI, 0, None).unwrap(), at(3, 1, 0));
        assert_eq!(buses.take_next(Connect::PCI, 0, None).unwrap(), at(3, 2, 0));
        let models: Vec<PciModel> = buses.iter().map(|bus| bus.model).collect();
        use PciModel::*;
        assert_eq!(models, [PcieRoot, PcieRootPort, PcieRootPort, PcieToPciBridge]);
        assert_eq!(buses.take_next(Connect::PCIE, 0, None).unwrap(), at(4, 0, 0));
    }

    #[test]
    fn eight_ports_share_a_slot() {
        let mut buses = growing(PciModel::PcieRoot);
        let port = Connect::of_controller(PciModel::PcieRootPort).unwrap();
        let taken: Vec<PciAddress> = (0..9).map(|_| buses.take_next(port, 0, None).unwrap()).collect();
        assert_eq!((taken[0], taken[7], taken[8]), (at(0, 1, 0), at(0, 1, 7), at(0, 2, 0)));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let mut buses = Buses::new(vec![Bus::new(PciModel::PcieRoot)], None);
        let error = |result: Result<()>| result.unwrap_err().message().to_owned();
        buses.take(&at(0, 5, 0), Connect::PCI, 0).unwrap();
        assert!(
            error(buses.take(&at(0, 5, 0), Connect::PCI, 0))
                .contains("double use of PCI Address 0000:00:05.0")
        );
        assert!(error(buses.take(&at(0, 0, 0), Connect::PCI, 0)).contains("slot must be >= 1"));
        assert!(error(buses.take(&at(1, 1, 0), Connect::PCI, 0)).contains("Only PCI buses up to 0"));
        let upstream = Connect::of_controller(PciModel::PcieSwitchUpstreamPort).unwrap();
        assert!(error(buses.take(&at(0, 6, 0), upstream, 0)).contains("accepts a pcie-switch-upstream-port"));
        assert!(buses.take_next(Connect::PCI, 0, None).is_err());
    }

    #[test]
    fn there_are_no_more_buses_than_numbers() {
        let mut buses = growing(PciModel::PcieRoot);
        let error = (0..10_000).find_map(|_| buses.take_next(Connect::PCIE, 0, None).err()).unwrap();
        assert!(error.message().contains("model='pcie-root-port', but none is available"), "{error}");
        assert_eq!(buses.len(), MAX_BUSES);
        let mut buses = growing(PciModel::PciRoot);
        let error = (0..10_000).find_map(|_| buses.take_next(Connect::PCI, 0, None).err()).unwrap();
        assert!(error.message().ends_with("PCI controller index 256 too high, maximum is 255"), "{error}");
        assert_eq!(buses.len(), MAX_BUSES);
    }

    #[test]
    fn groups_stand_apart() {
        let roots = vec![Bus { group_fixed: true, ..Bus::new(PciModel::PciRoot) }];
        let mut buses = Buses::new(roots, Some(Growth { many_roots: true, pcie_to_pci: false }));
        assert_eq!(buses.take_next(Connect::PCI, 7, None).unwrap(), at(1, 1, 0));
        assert_eq!(buses.take_next(Connect::PCI, 0, None).unwrap(), at(0, 1, 0));
        assert_eq!(buses.take_next(Connect::PCI, 7, None).unwrap(), at(1, 2, 0));
        assert_eq!(buses.take_next(Connect::PCI, 8, None).unwrap(), at(2, 1, 0));
    }
}
