"""One library, one door: a library is imported by the modules named here and by no other."""

import pytest

from tests.kit.house import imports, modules

DOORS = {
    "onnxruntime": ("models.runtime", "models.recipes"),
    "paho": ("broker.paho_link",),
    "iotcore": ("broker.embedded",),
    "h5py": ("edge.sources", "models.recipes"),
    "gpiod": ("edge.gpio",),
    "serial": ("edge.sources.ports",),
    "cv2": ("edge.sources.camera", "edge.camera_signals"),
    "cryptography": (
        "edge.trust",
        "console.keys.signer",
        "console.keys.key_backup",
        "console.store.sealing",
        "console.store.two_keys",
        "console.signing_in.second_step",
        "broker.certificates",
        "console.static.hushward_verify",
    ),
    "sqlalchemy": ("console.store",),
    "alembic": ("console.store",),
    "cedarpy": ("console.rules.access",),
    "fastapi": ("console.app", "console.screens", "console.api", "console.skin"),
    "starlette": ("console.app", "console.screens", "console.api", "console.skin"),
    "opentelemetry": ("console.tracing.sending",),
    "prometheus_client": ("console.api.metrics",),
    "uvicorn": ("console.skin", "console.app", "console.__main__", "console.running.serve"),
    "authlib": ("console.signing_in.provider", "console.signing_in.tokens"),
    "joserfc": ("console.signing_in.tokens",),
    "httpx2": ("console.signing_in.provider",),
    "webauthn": ("console.signing_in.passkeys",),
    "reportlab": ("console.assurance.tagged_pdf",),
    "pwdlib": ("console.signing_in.identity", "console.signing_in.passwords"),
    "onnx": ("models.recipes",),
    "matplotlib": ("models.recipes", "deploy.plots"),
}
CLOCKS = ("datetime.now", "datetime.utcnow", "time.time", "time.monotonic", "time.sleep")
MAY_TELL_TIME = ("broker.clock",)


@pytest.mark.parametrize("library", DOORS)
def test_a_library_is_imported_at_its_door_alone(library: str) -> None:
    strays = [
        module.name
        for module in modules()
        if any(one == library or one.startswith(f"{library}.") for one in imports(module))
        and not any(module.name == door or module.name.startswith(f"{door}.") for door in DOORS[library])
    ]
    assert strays == []


def test_time_comes_from_the_clock_that_was_passed_in() -> None:
    import ast

    strays = [
        f"{module.name}:{node.lineno} {ast.unparse(node.func)}"
        for module in modules()
        if module.name not in MAY_TELL_TIME and not module.name.endswith("__main__") and ".recipes" not in module.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS
    ]
    assert strays == []


def test_no_image_is_ever_written_anywhere() -> None:
    strays = [
        module.name
        for module in modules()
        if any(word in module.path.read_text("utf-8") for word in ("imwrite", "VideoWriter", "imencode"))
    ]
    assert strays == []


def test_nothing_is_executed_from_text() -> None:
    import ast

    risky = {"eval", "exec", "os.system", "pickle.loads", "pickle.load", "yaml.load", "marshal.loads"}
    strays = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and (
            ast.unparse(node.func) in risky
            or any(one.arg == "shell" and ast.unparse(one.value) == "True" for one in node.keywords)
        )
    ]
    assert strays == []
