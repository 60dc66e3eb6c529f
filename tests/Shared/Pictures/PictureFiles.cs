using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace Kappa.Tests.Shared;

/// <summary>Pictures that tests make.</summary>
internal static class PictureFiles
{
    internal static byte[] Png(int width, int height, Func<int, int, (int R, int G, int B)> colour)
    {
        using var image = Make(width, height, colour);
        using var stream = new MemoryStream();
        image.SaveAsPng(stream);
        return stream.ToArray();
    }

    internal static byte[] Png(int width, int height, int grey) => Png(width, height, (_, _) => (grey, grey, grey));

    internal static byte[] Jpeg(int width, int height, int grey) => Jpeg(width, height, (_, _) => grey);

    internal static byte[] Jpeg(int width, int height, Func<int, int, int> greyAt)
    {
        using var image = Make(width, height, (x, y) => (greyAt(x, y), greyAt(x, y), greyAt(x, y)));
        using var stream = new MemoryStream();
        image.SaveAsJpeg(stream, new JpegEncoder { Quality = 95 });
        return stream.ToArray();
    }

    internal static void Save(this TemporaryFolder folder, string name, byte[] bytes)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        File.WriteAllBytes(folder[name], bytes);
    }

    /// <summary>Classes a, b and so on with pictures of one pixel each, all of different greys.</summary>
    internal static void SaveClasses(this TemporaryFolder folder, params int[] counts)
    {
        int grey = 0;
        foreach (var (label, count) in counts.Index())
        {
            for (int i = 0; i < count; i++)
                folder.Save($"{(char)('a' + label)}/{i:d3}.png", Png(1, 1, grey++));
        }
    }

    /// <summary>Classes "dark" and "light" with pictures of 12 x 12, told apart by their grey but for a little noise.</summary>
    internal static void SaveDarkAndLight(this TemporaryFolder folder, string name, int count, int seed)
    {
        var random = new Kappa.Randomness.Philox((ulong)seed);
        foreach (var (label, kind) in new[] { "dark", "light" }.Index())
        {
            for (int i = 0; i < count; i++)
                folder.Save($"{name}/{kind}/{i:d3}.png", Png(12, 12, (x, y) => Grey(90 + (60 * label) + (2 * x) + random.NextInt32(90))));
        }

        static (int R, int G, int B) Grey(int value) => (value, value, value);
    }

    private static Image<Rgb24> Make(int width, int height, Func<int, int, (int R, int G, int B)> colour)
    {
        var image = new Image<Rgb24>(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var (r, g, b) = colour(x, y);
                image[x, y] = new Rgb24((byte)r, (byte)g, (byte)b);
            }
        }
        return image;
    }
}
