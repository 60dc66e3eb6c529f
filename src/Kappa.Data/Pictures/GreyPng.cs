using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace Kappa.Data.Pictures;

/// <summary>Writes grey pictures as PNG.</summary>
public static class GreyPng
{
    /// <summary>A grey picture as a PNG file.</summary>
    /// <param name="pixels">Row-major <c>[height, width]</c>, 0 (black) to 255.</param>
    /// <param name="width">Pixels from left to right, 1 or more.</param>
    /// <param name="height">Pixels from top to bottom, 1 or more.</param>
    /// <returns>The bytes of the file, the same for the same picture.</returns>
    /// <exception cref="ArgumentException">There are not <c>width * height</c> pixels.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != (long)width * height)
            throw new ArgumentException($"a picture of {width} x {height} has {(long)width * height} pixels; got {pixels.Length}", nameof(pixels));
        using var picture = Image.LoadPixelData<L8>(pixels, width, height);
        using var file = new MemoryStream();
        picture.Save(file, new PngEncoder { ColorType = PngColorType.Grayscale, BitDepth = PngBitDepth.Bit8 });
        return file.ToArray();
    }
}
