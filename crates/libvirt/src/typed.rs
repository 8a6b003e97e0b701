//! Typed parameters in C's layout, and the functions about lists of them.

use crate::boundary::entry;
use crate::convert::{At, c_text, free_text, number, room};
use std::ffi::{CStr, c_char, c_double, c_int, c_longlong, c_uint, c_ulonglong};
use std::ptr::null_mut;
use vir_base::error::ErrorDomain;
use vir_base::typed::TYPED_PARAM_NAME_MAX;
use vir_base::{Result, TypedParam, TypedValue, bail, err};

/// `virTypedParameter`; a union is eight bytes, read by its type.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub struct Parameter {
    field: [c_char; TYPED_PARAM_NAME_MAX + 1],
    kind: c_int,
    gap: [u8; 4],
    value: [u8; 8],
}

const _: () = assert!(size_of::<Parameter>() == 96);

impl Parameter {
    pub fn of(param: &TypedParam) -> Self {
        let mut field = [0; TYPED_PARAM_NAME_MAX + 1];
        for (to, from) in field.iter_mut().zip(param.field.bytes().take(TYPED_PARAM_NAME_MAX)) {
            *to = from.cast_signed();
        }
        let mut value = [0; 8];
        match &param.value {
            TypedValue::Int(v) => value[..4].copy_from_slice(&v.to_ne_bytes()),
            TypedValue::Uint(v) => value[..4].copy_from_slice(&v.to_ne_bytes()),
            TypedValue::Llong(v) => value = v.to_ne_bytes(),
            TypedValue::Ullong(v) => value = v.to_ne_bytes(),
            TypedValue::Double(v) => value = v.to_ne_bytes(),
            TypedValue::Boolean(v) => value[0] = u8::from(*v),
            TypedValue::String(v) => value = c_text(v).expose_provenance().to_ne_bytes(),
        }
        Self { field, kind: param.value.kind(), gap: [0; 4], value }
    }

    fn name(&self) -> String {
        let bytes: Vec<u8> = self.field.iter().take_while(|c| **c != 0).map(|c| c.cast_unsigned()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn half(&self) -> [u8; 4] {
        [self.value[0], self.value[1], self.value[2], self.value[3]]
    }

    fn text(&self) -> *mut c_char {
        std::ptr::with_exposed_provenance_mut(usize::from_ne_bytes(self.value))
    }

    fn read(&self) -> Result<TypedParam> {
        let value = match self.kind {
            1 => TypedValue::Int(i32::from_ne_bytes(self.half())),
            2 => TypedValue::Uint(u32::from_ne_bytes(self.half())),
            3 => TypedValue::Llong(i64::from_ne_bytes(self.value)),
            4 => TypedValue::Ullong(u64::from_ne_bytes(self.value)),
            5 => TypedValue::Double(f64::from_ne_bytes(self.value)),
            6 => TypedValue::Boolean(self.value[0] != 0),
            7 if self.text().is_null() => {
                bail!(None, InvalidArg, "NULL string parameter '{}'", self.name())
            }
            // SAFETY: a parameter of this type has a text that ends with a zero byte.
            7 => TypedValue::String(unsafe { CStr::from_ptr(self.text()) }.to_string_lossy().into_owned()),
            kind => bail!(None, InvalidArg, "unknown parameter type: {kind}"),
        };
        Ok(TypedParam { field: self.name(), value })
    }
}

/// Reads a program's list.
///
/// # Errors
/// A type is unknown, or a text is NULL.
///
/// # Safety
/// NULL or so many parameters.
pub unsafe fn read(at: At, params: *mut Parameter, count: i64) -> Result<Vec<TypedParam>> {
    // SAFETY: the caller's contract.
    unsafe { at.list(params.cast_const(), count, "params") }?.iter().map(Parameter::read).collect()
}

/// Gives a list that C frees.
///
/// # Safety
/// NULL or places to write to.
pub unsafe fn give(
    at: At,
    found: &[TypedParam],
    params: *mut *mut Parameter,
    count: *mut c_int,
) -> Result<c_int> {
    // SAFETY: the caller's contract; the room fits the list.
    unsafe {
        let (params, count) = (at.place(params, "params")?, at.place(count, "nparams")?);
        *params = list(found);
        *count = number(found.len())?;
    }
    Ok(0)
}

/// A new list in C's memory.
pub fn list(found: &[TypedParam]) -> *mut Parameter {
    let list: *mut Parameter = room(found.len());
    for (at, param) in found.iter().enumerate() {
        // SAFETY: the room is for as many.
        unsafe { list.add(at).write(Parameter::of(param)) };
    }
    list
}

/// Fills the caller's own list, or says how long it should be.
///
/// # Safety
/// NULL or room for `*count` parameters.
pub unsafe fn fill(at: At, found: &[TypedParam], params: *mut Parameter, count: *mut c_int) -> Result<c_int> {
    // SAFETY: the caller's contract.
    let count = unsafe { at.place(count, "nparams") }?;
    if *count <= 0 {
        *count = number(found.len())?;
        return Ok(0);
    }
    if params.is_null() {
        return Err(at.null("params"));
    }
    let fit = found.len().min(usize::try_from(*count).unwrap_or(0));
    for (at, param) in found[..fit].iter().enumerate() {
        // SAFETY: the caller's contract.
        unsafe { params.add(at).write(Parameter::of(param)) };
    }
    *count = number(fit)?;
    Ok(0)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virTypedParamsClear(params: *mut Parameter, count: c_int) {
    if params.is_null() {
        return;
    }
    for at in 0..usize::try_from(count).unwrap_or(0) {
        // SAFETY: the program says that there are so many.
        let param = unsafe { &mut *params.add(at) };
        if param.kind == 7 {
            free_text(param.text());
            param.value = [0; 8];
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virTypedParamsFree(params: *mut Parameter, count: c_int) {
    // SAFETY: NULL or a list that this library made.
    unsafe {
        virTypedParamsClear(params, count);
        libc::free(params.cast());
    }
}

/// # Safety
/// As the functions that look one up.
unsafe fn find<'a>(
    params: *mut Parameter,
    count: c_int,
    name: *const c_char,
    at: At,
) -> Result<Option<&'a Parameter>> {
    // SAFETY: the program's list and text.
    let (list, name) =
        unsafe { (at.list(params.cast_const(), count.into(), "params")?, at.text(name, "name")?) };
    Ok(list.iter().find(|param| param.name() == name))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virTypedParamsGet(
    params: *mut Parameter,
    count: c_int,
    name: *const c_char,
) -> *mut Parameter {
    // SAFETY: the program's list and text; NULL is looked for.
    let found = unsafe { find(params, count, name, at("virTypedParamsGet")) };
    found.ok().flatten().map_or(null_mut(), |param| std::ptr::from_ref(param).cast_mut())
}

fn at(function: &'static str) -> At {
    At { domain: ErrorDomain::None, function }
}

macro_rules! getters {
    ($($name:ident $variant:ident $ty:ty, $type_name:literal, |$v:ident| $value:expr;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(params: *mut Parameter, count: c_int, name: *const c_char, value: *mut $ty) -> c_int {
            entry(|| {
                // SAFETY: the program's list, text and place.
                let found = unsafe { find(params, count, name, at(stringify!($name))) }?;
                let Some(param) = found else { return Ok(0) };
                let TypedParam { field, value: typed } = param.read()?;
                let TypedValue::$variant($v) = typed else {
                    return Err(err!(None, InvalidArg, "Invalid type '{}' requested for parameter '{field}', actual type is '{}'", $type_name, kind_name(param.kind)));
                };
                // SAFETY: NULL or a place of that type.
                if let Some(value) = unsafe { value.as_mut() } {
                    *value = $value;
                }
                Ok(1)
            })
        })*
    };
}

fn kind_name(kind: c_int) -> &'static str {
    let names = ["unknown", "int", "uint", "llong", "ullong", "double", "boolean", "string"];
    usize::try_from(kind).ok().and_then(|kind| names.get(kind)).unwrap_or(&names[0])
}

getters! {
    virTypedParamsGetInt Int c_int, "int", |v| v;
    virTypedParamsGetUInt Uint c_uint, "uint", |v| v;
    virTypedParamsGetLLong Llong c_longlong, "llong", |v| v;
    virTypedParamsGetULLong Ullong c_ulonglong, "ullong", |v| v;
    virTypedParamsGetDouble Double c_double, "double", |v| v;
    virTypedParamsGetBoolean Boolean c_int, "boolean", |v| c_int::from(v);
}

/// The text stays the list's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn virTypedParamsGetString(
    params: *mut Parameter,
    count: c_int,
    name: *const c_char,
    value: *mut *const c_char,
) -> c_int {
    entry(|| {
        // SAFETY: the program's list and text.
        let found = unsafe { find(params, count, name, at("virTypedParamsGetString")) }?;
        let Some(param) = found else { return Ok(0) };
        if param.kind != 7 {
            let (field, kind) = (param.name(), kind_name(param.kind));
            bail!(
                None,
                InvalidArg,
                "Invalid type 'string' requested for parameter '{field}', actual type is '{kind}'"
            );
        }
        // SAFETY: NULL or a place for a pointer.
        if let Some(value) = unsafe { value.as_mut() } {
            *value = param.text();
        }
        Ok(1)
    })
}

/// A number of elements, as programs keep it.
fn length(count: c_int) -> Result<usize> {
    let Ok(count) = usize::try_from(count) else {
        bail!(None, InvalidArg, "there are {count} typed parameters")
    };
    Ok(count)
}

/// Puts one more behind a list that grows.
///
/// # Safety
/// A list that this library made, or NULL with no room.
unsafe fn push(
    params: *mut *mut Parameter,
    count: *mut c_int,
    max: *mut c_int,
    param: &TypedParam,
) -> Result<()> {
    if param.field.len() > TYPED_PARAM_NAME_MAX {
        bail!(None, InvalidArg, "Parameter name '{}' is too long", param.field);
    }
    let at = at("virTypedParamsAdd");
    // SAFETY: the caller's contract; the list is made longer before it is written to.
    unsafe {
        let (params, count, max) =
            (at.place(params, "params")?, at.place(count, "nparams")?, at.place(max, "maxparams")?);
        let (used, room) = (length(*count)?, length(*max)?);
        if used >= room {
            // a caller may say that more is used than there is room for
            let more = (used + 1).max(room + room / 2);
            let (Ok(told), Some(size)) = (c_int::try_from(more), more.checked_mul(size_of::<Parameter>()))
            else {
                bail!(None, NoMemory, "typed parameters");
            };
            let grown: *mut Parameter = libc::realloc((*params).cast(), size).cast();
            if grown.is_null() {
                bail!(None, NoMemory, "typed parameters");
            }
            // what is new is empty, whatever the caller does with it
            grown.add(room).write_bytes(0, more - room);
            (*params, *max) = (grown, told);
        }
        (*params).add(used).write(Parameter::of(param));
        *count += 1;
    }
    Ok(())
}

macro_rules! adders {
    ($($name:ident $ty:ty, |$v:ident| $value:expr;)*) => {
        $(#[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(params: *mut *mut Parameter, count: *mut c_int, max: *mut c_int, name: *const c_char, $v: $ty) -> c_int {
            entry(|| {
                // SAFETY: the program's text, and a list that this library made.
                unsafe {
                    let name = at(stringify!($name)).text(name, "name")?;
                    push(params, count, max, &TypedParam::new(name, $value))?;
                }
                Ok(0)
            })
        })*
    };
}

adders! {
    virTypedParamsAddInt c_int, |v| v;
    virTypedParamsAddUInt c_uint, |v| v;
    virTypedParamsAddLLong c_longlong, |v| v;
    virTypedParamsAddULLong c_ulonglong, |v| v;
    virTypedParamsAddDouble c_double, |v| v;
    virTypedParamsAddBoolean c_int, |v| v != 0;
    virTypedParamsAddString *const c_char, |v| at("virTypedParamsAddString").text(v, "value")?;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virTypedParamsAddStringList(
    params: *mut *mut Parameter,
    count: *mut c_int,
    max: *mut c_int,
    name: *const c_char,
    values: *const *const c_char,
) -> c_int {
    entry(|| {
        let at = at("virTypedParamsAddStringList");
        // SAFETY: the program's text, its list with a NULL at the end, and a list of this library.
        unsafe {
            let name = at.text(name, "name")?;
            let mut next = values;
            while !next.is_null() && !(*next).is_null() {
                push(params, count, max, &TypedParam::new(name, at.text(*next, "values")?))?;
                next = next.add(1);
            }
        }
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn virTypedParamsAddFromString(
    params: *mut *mut Parameter,
    count: *mut c_int,
    max: *mut c_int,
    name: *const c_char,
    kind: c_int,
    value: *const c_char,
) -> c_int {
    entry(|| {
        let at = at("virTypedParamsAddFromString");
        // SAFETY: the program's texts, and a list that this library made.
        unsafe {
            let (name, text) = (at.text(name, "name")?, at.text(value, "value")?);
            let bad =
                |what: &str| err!(None, InvalidArg, "Invalid value for field '{name}': expected {what}");
            let value = match kind {
                1 => text.parse::<i32>().map_err(|_| bad("int"))?.into(),
                2 => text.parse::<u32>().map_err(|_| bad("unsigned int"))?.into(),
                3 => text.parse::<i64>().map_err(|_| bad("long long"))?.into(),
                4 => text.parse::<u64>().map_err(|_| bad("unsigned long long"))?.into(),
                5 => text.parse::<f64>().map_err(|_| bad("double"))?.into(),
                6 if text == "0" || text == "1" => TypedValue::Boolean(text == "1"),
                6 => return Err(err!(None, InvalidArg, "Invalid boolean value for field '{name}'")),
                7 => text.into(),
                kind => bail!(None, InvalidArg, "unexpected type {kind} for field {name}"),
            };
            push(params, count, max, &TypedParam { field: name.to_owned(), value })?;
        }
        Ok(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_says_more_than_it_has_room_for_gets_the_room() {
        let (mut count, mut max) = (20, 3);
        // SAFETY: a list that this library makes; what is skipped is empty, and freed as such
        unsafe {
            let mut params: *mut Parameter = libc::calloc(3, size_of::<Parameter>()).cast();
            assert_eq!(virTypedParamsAddInt(&mut params, &mut count, &mut max, c"number".as_ptr(), 7), 0);
            assert_eq!((count, max), (21, 21));
            assert_eq!(virTypedParamsAddInt(&mut params, &mut count, &mut max, c"number".as_ptr(), 8), 0);
            assert_eq!((count, max), (22, 31));
            let mut wrong = -1;
            assert_eq!(virTypedParamsAddInt(&mut params, &mut wrong, &mut max, c"number".as_ptr(), 9), -1);
            virTypedParamsFree(params, count);
        }
    }
}
