using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace Kappa.Data.Pictures;

/// <summary>Turns files into pixels of one size. Safe to use from several threads.</summary>
/// <remarks>Only two formats are known to the decoder, of metadata the orientation alone is read, and what a header promises is bounded before anything is
/// decoded.</remarks>
internal sealed class PictureDecoder
{
    private const long MostBytesOfPixel = 8;

    private readonly PictureFolderOptions _options;
    private readonly (int Height, int Width) _size;
    private readonly Configuration _configuration;
    private readonly IImageDecoder _png = new PngDecoder { IgnoreMetadata = true };
    private readonly IImageDecoder _jpeg = new JpegDecoder { IgnoreMetadata = true };

    /// <summary>A decoder for pictures of a size.</summary>
    /// <param name="options">How.</param>
    /// <param name="size">The size that pictures get; where the options have none, the size that all must have.</param>
    internal PictureDecoder(PictureFolderOptions options, (int Height, int Width) size)
    {
        (_options, _size) = (options, size);
        // The workers are the threads; a picture is decoded by one.
        _configuration = new Configuration(new PngConfigurationModule(), new JpegConfigurationModule())
        {
            MaxDegreeOfParallelism = 1,
            MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions
            {
                AllocationLimitMegabytes = (int)(64 + (MostBytesOfPixel * options.MostPixels >> 20)),
            }),
        };
    }

    /// <summary>The size of a picture and how it is to be turned, within the bounds.</summary>
    /// <exception cref="CorruptPictureException">It is none, or too large.</exception>
    internal static PictureHeader ReadHeader(ReadOnlySpan<byte> file, PictureFolderOptions options)
    {
        var header = PictureHeader.Read(file);
        if (!options.FollowOrientation)
            header = header with { Orientation = 1 };
        return (long)header.Width * header.Height <= options.MostPixels ? header : throw new CorruptPictureException(
            $"a picture of at most {options.MostPixels} pixels (PictureFolderOptions.MostPixels)", $"{header.Width} x {header.Height}");
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file's name, for errors.</param>
    /// <param name="file">Its bytes.</param>
    /// <returns>Bytes <c>[channels, height, width]</c>.</returns>
    /// <exception cref="CorruptPictureException">It cannot be decoded.</exception>
    /// <exception cref="DataFileException">It is whole and of another size, where the options ask for one size.</exception>
    internal byte[] Decode(string path, byte[] file)
    {
        var header = ReadHeader(file, _options);
        var seen = header.Upright;
        if (_options.Height is null && (seen.Height, seen.Width) != _size)
        {
            throw new DataFileException(
                path, $"a picture {_size.Width} pixels wide and {_size.Height} high, as the first one is", $"{seen.Width} x {seen.Height}",
                "Set PictureFolderOptions.Height and Width to bring all to one size.");
        }
        return _options.IsGrey
            ? Decode<L8>(header, file, pixel => new(pixel.PackedValue, 0, 0))
            : Decode<Rgb24>(header, file, pixel => pixel);
    }

    private byte[] Decode<TPixel>(PictureHeader header, byte[] file, Func<TPixel, Rgb24> bytesOf)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var image = Load<TPixel>(header, file);
        if ((image.Height, image.Width) != (header.Height, header.Width))
            throw new CorruptPictureException($"{header.Width} x {header.Height} pixels, as its header says", $"{image.Width} x {image.Height}");
        if (header.Orientation != 1)
            Turn(image, header.Orientation);
        if ((image.Height, image.Width) != _size)
            image.Mutate(_configuration, context => context.Resize(Resizing()));
        int area = _size.Height * _size.Width, channels = _options.Channels;
        byte[] pixels = new byte[channels * area];
        image.ProcessPixelRows(rows =>
        {
            for (int y = 0; y < rows.Height; y++)
            {
                int at = y * rows.Width;
                foreach (var pixel in rows.GetRowSpan(y))
                {
                    var bytes = bytesOf(pixel);
                    pixels[at] = bytes.R;
                    if (channels > 1)
                        (pixels[at + area], pixels[at + (2 * area)]) = (bytes.G, bytes.B);
                    at++;
                }
            }
        });
        return pixels;
    }

    private Image<TPixel> Load<TPixel>(PictureHeader header, byte[] file)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        try
        {
            return Image.Load<TPixel>(_configuration, file, header.IsPng ? _png : _jpeg);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A decoder before a hostile file may fail in any way.
            throw new CorruptPictureException("a picture that can be decoded", $"\"{error.Message.ReplaceLineEndings(" ").TrimEnd('.')}\"", error);
        }
    }

    /// <summary>Turns a picture upright. The decoder reads no metadata, so that it is told the orientation here.</summary>
    private void Turn(Image image, int orientation)
    {
        image.Metadata.ExifProfile = new ExifProfile();
        image.Metadata.ExifProfile.SetValue(ExifTag.Orientation, (ushort)orientation);
        image.Mutate(_configuration, context => context.AutoOrient());
    }

    private ResizeOptions Resizing() => new()
    {
        Size = new Size(_size.Width, _size.Height),
        Mode = _options.Fit switch { PictureFit.Stretch => ResizeMode.Stretch, PictureFit.Border => ResizeMode.Pad, _ => ResizeMode.Crop },
        Sampler = KnownResamplers.Triangle,
        PadColor = Color.FromRgb(_options.Border, _options.Border, _options.Border),
    };
}
