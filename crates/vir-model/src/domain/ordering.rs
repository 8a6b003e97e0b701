//! Controllers in their order and with their numbers: those of a type stand together, by their indexes; one without
//! gets the lowest that is free. A document may hold any number of them, so that nothing here looks at each pair.

use super::device::controller::{Controller, ControllerType};
use std::collections::{HashMap, HashSet};

/// Where a controller stands among those of its type: by its index, a companion behind its master.
type Place = (i64, bool);

/// Puts controllers in the order that [`Devices::insert_controller`](super::device::Devices::insert_controller) gives
/// them when they come one by one.
pub(super) fn sorted(controllers: Vec<Controller>) -> Vec<Controller> {
    // types stand in the order in which the first of each comes
    let mut kinds: Vec<(Option<ControllerType>, Place)> = vec![];
    let mut placed: Vec<((usize, Place), Controller)> = vec![];
    for controller in controllers {
        let kind = kinds.iter().position(|(kind, _)| *kind == controller.kind).unwrap_or_else(|| {
            kinds.push((controller.kind, (-1, false)));
            kinds.len() - 1
        });
        let last = &mut kinds[kind].1;
        // one without an index stands behind all that came before it
        let place = match controller.index {
            Some(index) => (i64::from(index), controller.info.master.is_some()),
            None => *last,
        };
        *last = (*last).max(place);
        placed.push(((kind, place), controller));
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, controller)| controller).collect()
}

/// Gives an index to each that has none; whether there was one.
pub(super) fn number(controllers: &mut [Controller]) -> bool {
    if controllers.iter().all(|controller| controller.index.is_some()) {
        return false;
    }
    let mut free: HashMap<Option<ControllerType>, (HashSet<u32>, u32)> = HashMap::new();
    for controller in controllers.iter() {
        free.entry(controller.kind).or_default().0.extend(controller.index);
    }
    let usb = |controller: &Controller| controller.is(ControllerType::Usb);
    let in_group =
        |controller: &Controller| controller.model.as_deref().is_some_and(|model| model.starts_with("ich9-"));
    let told = |controller: &Controller| Some((controller.index?, controller.model.clone()));
    let mut grouped: HashSet<_> =
        controllers.iter().filter(|controller| usb(controller)).filter_map(told).collect();
    // the USB controller before
    let mut before: Option<usize> = None;
    for i in 0..controllers.len() {
        let new = &controllers[i];
        if new.index.is_none() {
            // USB 2 controllers that belong together have one number
            let group = before.map(|at| &controllers[at]).filter(|before| {
                let same = before.index.map(|index| (index, new.model.clone()));
                usb(new) && in_group(new) && in_group(before) && same.is_some_and(|it| !grouped.contains(&it))
            });
            let index = group.and_then(|group| group.index).unwrap_or_else(|| {
                let (taken, next) = free.entry(new.kind).or_default();
                while taken.contains(next) {
                    *next = next.saturating_add(1);
                }
                *next
            });
            free.entry(new.kind).or_default().0.insert(index);
            controllers[i].index = Some(index);
            if usb(&controllers[i]) {
                grouped.extend(told(&controllers[i]));
            }
        }
        if usb(&controllers[i]) {
            before = Some(i);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::Devices;
    use crate::domain::device::info::UsbMaster;
    use proptest::prelude::*;

    fn one((kind, index, companion): (bool, Option<u32>, bool)) -> Controller {
        let kind = if kind { ControllerType::Usb } else { ControllerType::Scsi };
        let mut it = Controller { kind: Some(kind), index, ..Controller::default() };
        it.info.master = companion.then(UsbMaster::default);
        it
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_coming_one_by_one(
            said in prop::collection::vec((any::<bool>(), prop::option::of(0u32..4), any::<bool>()), 0..12)
        ) {
            let mut slowly = Devices::default();
            let mut all: Vec<Controller> = said.into_iter().map(one).collect();
            for (i, controller) in all.iter_mut().enumerate() {
                controller.model = Some(i.to_string());
                slowly.insert_controller(controller.clone());
            }
            prop_assert_eq!(sorted(all), slowly.controllers);
        }
    }
}
