using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace Kappa.Data.Tests.Pictures;

/// <summary>Pictures that tests make.</summary>
internal static class PictureSamples
{
    internal static byte[] Png(int width, int height, Func<int, int, (int R, int G, int B)> colour)
    {
        using var image = Make(width, height, colour);
        using var stream = new MemoryStream();
        image.SaveAsPng(stream);
        return stream.ToArray();
    }

    internal static byte[] Png(int width, int height, int grey) => Png(width, height, (_, _) => (grey, grey, grey));

    internal static byte[] Jpeg(int width, int height, int grey)
    {
        using var image = Make(width, height, (_, _) => (grey, grey, grey));
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
