//! The enum of an aggregate's commands.

/// Declares the enum that `esrs` asks for, one variant a command, and lets each command stand where it is expected.
macro_rules! command_enum {
    ($(#[$doc:meta])* $name:ident { $($command:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("See [`", stringify!($command), "`].")] $command($command),)+
        }

        $(impl From<$command> for $name {
            fn from(command: $command) -> Self {
                Self::$command(command)
            }
        })+
    };
}

pub(crate) use command_enum;
