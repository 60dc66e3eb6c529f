using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace Kappa.Data.Tests.Pictures;

/// <summary>Every kind of PNG that ISO/IEC 15948 has gives the pixels of the same picture.</summary>
public sealed class PngKindTests
{
    public static TheoryData<PngColorType, PngBitDepth, PngInterlaceMode> Kinds
    {
        get
        {
            var kinds = new TheoryData<PngColorType, PngBitDepth, PngInterlaceMode>();
            foreach (var interlace in Enum.GetValues<PngInterlaceMode>())
            {
                foreach (var depth in new[] { PngBitDepth.Bit1, PngBitDepth.Bit2, PngBitDepth.Bit4, PngBitDepth.Bit8, PngBitDepth.Bit16 })
                {
                    kinds.Add(PngColorType.Grayscale, depth, interlace);
                    if (depth != PngBitDepth.Bit16)
                        kinds.Add(PngColorType.Palette, depth, interlace);
                    if (depth < PngBitDepth.Bit8)
                        continue;
                    kinds.Add(PngColorType.GrayscaleWithAlpha, depth, interlace);
                    kinds.Add(PngColorType.Rgb, depth, interlace);
                    kinds.Add(PngColorType.RgbWithAlpha, depth, interlace);
                }
            }
            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_picture_of_black_and_white_is_read_alike(PngColorType colour, PngBitDepth depth, PngInterlaceMode interlace)
    {
        using var image = new Image<Rgba64>(9, 7);
        for (int y = 0; y < 7; y++)
        {
            for (int x = 0; x < 9; x++)
            {
                ushort level = IsWhite(x, y) ? ushort.MaxValue : (ushort)0;
                image[x, y] = new Rgba64(level, level, level, ushort.MaxValue);
            }
        }
        using var bytes = new MemoryStream();
        image.SaveAsPng(bytes, new PngEncoder { ColorType = colour, BitDepth = depth, InterlaceMethod = interlace });
        Assert.Equal((byte)depth, bytes.ToArray()[24]);
        foreach (bool isGrey in new[] { false, true })
        {
            byte[] pixels = new PictureDecoder(new() { IsGrey = isGrey }, (7, 9)).Decode("x", bytes.ToArray());
            byte[] plane = [.. Enumerable.Range(0, 63).Select(i => (byte)(IsWhite(i % 9, i / 9) ? 255 : 0))];
            Assert.Equal(isGrey ? plane : [.. plane, .. plane, .. plane], pixels);
        }
    }

    private static bool IsWhite(int x, int y) => ((x * 3) + (y * y)) % 5 < 2;
}
