using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Kappa.Data.Tests.Pictures;

public sealed class GreyPngTests
{
    [Fact]
    public void A_picture_comes_back_as_it_was()
    {
        byte[] pixels = [.. Enumerable.Range(0, 6 * 43).Select(i => (byte)i)], read = new byte[6 * 43];
        byte[] file = GreyPng.Encode(pixels, 43, 6);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], file[..4]);
        using var picture = Image.Load<L8>(file);
        picture.CopyPixelDataTo(read);
        Assert.Equal((43, 6), (picture.Width, picture.Height));
        Assert.Equal(pixels, read);
        Assert.Equal(file, GreyPng.Encode(pixels, 43, 6));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, -6)]
    [InlineData(2, 2)]
    [InlineData(int.MaxValue, 2)]
    public void A_size_that_does_not_fit_is_refused(int width, int height) =>
        Assert.ThrowsAny<ArgumentException>(() => GreyPng.Encode(new byte[6], width, height));
}
