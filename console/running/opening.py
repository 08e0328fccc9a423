"""Open a ward from its settings: keys, database, audit log and rule book, and the ward that stands on them."""

from zoneinfo import ZoneInfo

from broker.clock import Clock
from broker.link import Link
from broker.vocabulary import Context
from console.assurance.safety_case import vital_signs_are_signed
from console.assurance.trust_policy import note_in_log, policy_of
from console.keys.signer import Keys
from console.logbook.audit import AuditLog
from console.office import Office
from console.rules.alerting.limits import vital_signs_may_call
from console.rules.policy import Policy
from console.running.settings import ConsoleSettings
from console.signing_in.identity import Identity
from console.signing_in.passwords import Passwords
from console.signing_in.provider_way import way_of
from console.store.database import Store
from console.tracing.spans import NO_SPANS, Spans
from console.ward import Ward


def open_ward(
    settings: ConsoleSettings,
    clock: Clock,
    link: Link,
    *,
    policy: Policy | None = None,
    passwords: Passwords | None = None,
    spans: Spans = NO_SPANS,
) -> Ward:
    """Open the keys, the database and the log of a ward.

    Args:
        settings: checked.
        clock: the console's clock.
        link: to the broker, not yet started; it subscribes to `broker.topics.upward_filters`.
        policy: the rule book; None for the one that was shipped, with the trust's own policy in it.
        passwords: how passwords are hashed; None for the strength that a ward needs.
        spans: times steps of the ward's work.

    Raises:
        ConsoleError: what is wrong, in a sentence with its remedy.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = Keys.open(settings.data_dir / "keys")
    store = Store.open(settings.url, keys, clock)
    try:
        head_file = settings.data_dir / "audit-head.jsonl"
        audit = AuditLog.open(store, settings.site, settings.ward, head_file=head_file)
        rules = policy or policy_of(settings)
        office = Office(
            store,
            audit,
            rules,
            clock,
            ZoneInfo(settings.timezone),
            settings.site,
            settings.ward,
            settings.context,
            spans,
        )
        note_in_log(office)
        must = settings.context is not Context.DEMONSTRATION
        identity = Identity(
            store,
            audit,
            policy_version=rules.version,
            passwords=passwords,
            second_step=must,
            way_in=way_of(settings.provider, settings.ward, clock),
        )
        signed = vital_signs_are_signed(settings, rules)
        calls = vital_signs_may_call(settings.context, signed)
        return Ward(office, identity, link, settings.data_dir, vital_signs=calls, provider=settings.provider)
    except BaseException:
        store.close()
        raise
