"""Pictures as files: what is seen in them, what is made of them, and that nothing is said about who took them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from veillee.site.pictures import pillow
from veillee.site.pictures.stripping import stripped


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    found = Image.radial_gradient("L").resize((width, height)).convert(mode)
    found.paste((200,) * len(found.getbands()) if mode != "L" else 200, (0, 0, width // 2, height // 2))
    return found


def bytes_of(image: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def words(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (45.0, 26.0, 0.0)
    return exif


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_what_a_camera_says_is_not_served_and_the_picture_stands_upright(form: str, orientation: int) -> None:
    taken = bytes_of(picture(), form, exif=words(orientation))
    seen = pillow.look_at(taken)
    assert (seen.width, seen.height) == ((60, 40) if orientation == 1 else (40, 60))
    assert not seen.is_plain
    served = pillow.cleaned(taken, seen.form)
    with Image.open(io.BytesIO(served)) as shown:
        assert shown.size == (seen.width, seen.height)
        assert not dict(shown.getexif())
    assert b"A camera" not in served
    assert pillow.look_at(served).is_plain


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif"])
def test_a_copy_has_the_size_asked_for_and_nothing_but_the_picture(form: str) -> None:
    upright = pillow.upright(bytes_of(picture(80, 60), "JPEG", exif=words()))
    made = pillow.encoded(pillow.scaled(upright, 40, 30), form)
    with Image.open(io.BytesIO(made)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((40, 30), {})
    assert made == pillow.encoded(pillow.scaled(upright, 40, 30), form)


def test_colours_of_another_profile_are_put_into_the_usual_one() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    found = pillow.upright(bytes_of(picture(), "JPEG", icc_profile=profile))
    assert (found.mode, found.info) == ("RGB", {})


def test_what_moves_and_what_is_drawn_stays_as_it_is() -> None:
    moving = bytes_of(picture(), "GIF", save_all=True, append_images=[picture(mode="L").convert("RGB").rotate(90)])
    drawn = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"></svg>'
    assert not pillow.look_at(moving).is_makeable
    seen = pillow.look_at(drawn)
    assert (seen.form, seen.width, seen.height, seen.is_makeable) == ("svg", 30, 20, False)


def test_a_broken_picture_and_one_that_fills_the_memory_are_troubles(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pillow.look_at(bytes_of(picture(600, 400), "JPEG")[:2000]).trouble == "is cut off"
    assert pillow.look_at(b"no picture at all").trouble == "is no picture that pages show"
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000)
    assert "more than" in pillow.look_at(bytes_of(picture(), "PNG")).trouble


@given(
    st.binary(max_size=200), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP", b""])
)
def test_stripping_never_fails_whatever_the_bytes(rest: bytes, start: bytes) -> None:
    stripped(start + rest)


@given(st.integers(0, 400), st.binary(max_size=6))
def test_looking_at_damaged_bytes_never_fails(place: int, damage: bytes) -> None:
    content = bytes_of(picture(), "JPEG", exif=words())
    pillow.look_at(content[:place] + damage + content[place:])
