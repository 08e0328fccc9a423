"""What can go wrong in the console.

ConsoleError
├── SettingsError       a setting is missing or wrong; names file, line and remedy
├── KeyFault            a key file is missing, unreadable, or open to others
├── StoreError          the database cannot do what was asked; nothing of it was done
│   ├── StoreFull       no room on the disk: nothing was written, so nothing may be disclosed
│   ├── StoreFault      the disk or the database server failed under a write
│   ├── StoreConflict   a constraint or a trigger refused the write: it would repeat, contradict or rewrite something
│   ├── StoreDamaged    the file is not a database that this console can trust; it is left as it is
│   ├── StoreBusy       another console holds this database
│   └── StoreClosed     asked after `close`
├── SealError           sealed content cannot be opened
│   ├── KeyDestroyed    its key was destroyed: the content is gone, on purpose
│   ├── KeySealed       its key is sealed: two people of different roles open it together
│   ├── KeyHeld         a hold covers its day: nothing is destroyed
│   └── SealBroken      it was changed, moved to another row, or sealed under another key
├── PolicyRefused       the trust's own policy is out of bounds, unsigned or older than one that was in force
├── SafetyRefused       clinical use without the safety officer's signature over what is deployed
├── NameTaken           a sign-in name that another account has
└── AuditError          the audit log would no longer prove anything
    ├── FiguresDamaged  a day's figures are not those that were frozen
    ├── EntryRefused    an entry holds something other than codes and pseudonyms
    └── AuditDamaged    the log does not agree with its own signed checkpoints

A denied person is no error: commands return a `Decision`. No sentence here repeats a name, a username or free text.
"""


class ConsoleError(Exception):
    """Any error of this room."""


class SettingsError(ConsoleError):
    """A setting is missing or wrong."""


class KeyFault(ConsoleError):
    """A key file is missing, unreadable, or open to others."""


class StoreError(ConsoleError):
    """The database cannot do what was asked."""


class StoreFull(StoreError):
    """The disk is full; nothing was written."""


class StoreFault(StoreError):
    """The disk or the database server failed."""


class StoreConflict(StoreError):
    """A constraint or a trigger refused the write."""


class StoreDamaged(StoreError):
    """The database cannot be trusted."""


class StoreBusy(StoreError):
    """Another console holds this database."""


class StoreClosed(StoreError):
    """The store was asked after it was closed."""


class SealError(ConsoleError):
    """Sealed content cannot be opened."""


class KeyDestroyed(SealError):
    """The key was destroyed on purpose."""


class KeySealed(SealError):
    """The key is sealed to two people; the console no longer has it."""


class KeyHeld(SealError):
    """The key may not be destroyed: a hold covers its day."""


class SealBroken(SealError):
    """The content is not what was sealed for this row."""


class PolicyRefused(ConsoleError):
    """The trust's own policy cannot be taken; the sentence says why and what to do."""


class SafetyRefused(ConsoleError):
    """The safety officer has not signed what is deployed."""


class NameTaken(ConsoleError):
    """Another account has this sign-in name."""


class AuditError(ConsoleError):
    """The audit log would no longer prove anything."""


class FiguresDamaged(AuditError):
    """A day's figures are not those that were frozen."""


class EntryRefused(AuditError):
    """An entry holds something other than codes and pseudonyms."""


class AuditDamaged(AuditError):
    """The log does not agree with its own signed checkpoints."""
