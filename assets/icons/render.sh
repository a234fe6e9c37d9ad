#!/usr/bin/env bash
# Renders the PNG, ICO and ICNS files of this folder from its SVG files. Run it after editing an SVG.
set -euo pipefail

cd "$(dirname "$0")"
../../tests/counterparties/apt.sh librsvg2-bin python3-pil

app() { rsvg-convert --width "$2" --height "$2" --output "$3" "$1"; }

app app-icon-small.svg 32 32x32.png
# The size of notices: without it some services draw the next larger one as it is.
app app-icon.svg 48 48x48.png
app app-icon.svg 128 128x128.png
app app-icon.svg 256 128x128@2x.png
app app-icon.svg 512 icon.png

# Panels scale 44 px down to what they need. macOS recolours the black template by itself;
# other panels get the drawing in the light ink of a dark panel.
for state in idle active attention offline; do
  rsvg-convert --width 44 --height 44 --output "tray/$state-template.png" "tray/$state.svg"
  sed 's/#000000/#F6EEDF/g' "tray/$state.svg" |
    rsvg-convert --width 44 --height 44 --output "tray/$state-on-dark.png"
done

# The containers take the small drawing below 48 px and the detailed one above.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for size in 16 24 32; do app app-icon-small.svg "$size" "$work/$size.png"; done
for size in 48 64 128 256 512 1024; do app app-icon.svg "$size" "$work/$size.png"; done
/usr/bin/python3 - "$work" <<'PYTHON'
import sys

from PIL import Image


def drawing(size):
    return Image.open(f"{sys.argv[1]}/{size}.png")


def save(name, drawn, **options):
    rest = [drawing(size) for size in drawn[1:]]
    drawing(drawn[0]).save(name, append_images=rest, **options)


ico = [256, 128, 64, 48, 32, 24, 16]
save("icon.ico", ico, sizes=[(size, size) for size in ico])
save("icon.icns", [1024, 512, 256, 128, 64, 32])
PYTHON
