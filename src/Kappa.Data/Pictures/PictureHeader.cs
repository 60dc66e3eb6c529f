using System.Buffers.Binary;

namespace Kappa.Data.Pictures;

/// <summary>What the first bytes of a PNG or JPEG file say, read without a decoder, so that nothing is unpacked of a file that promises too much.</summary>
/// <param name="IsPng">PNG, else JPEG.</param>
/// <param name="Width">Pixels from left to right, as they are stored.</param>
/// <param name="Height">Pixels from top to bottom, as they are stored.</param>
/// <param name="Orientation">How the camera was held, 1 to 8 as Exif numbers it; 1, upright, where a file does not say.</param>
/// <remarks>PNG: ISO/IEC 15948. JPEG: ITU-T T.81, annex B; its orientation: Exif 2.32 (JEITA CP-3451E), tag 0x0112. Both are also followed to their end:
/// decoders fill up what is cut off without a word.</remarks>
internal readonly record struct PictureHeader(bool IsPng, int Width, int Height, int Orientation = 1)
{
    // Each scan of a progressive JPEG goes over all pixels, and takes a few bytes. Encoders write about ten.
    internal const int MostScans = 200;

    // From 5 on rows are columns.
    private const int FirstTurned = 5, LastOrientation = 8;

    private const int ChunkFrame = 12, StartOfScan = 0xda, EndOfImage = 0xd9, ExifSegment = 0xe1;

    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>The same as it is looked at: turned upright.</summary>
    internal PictureHeader Upright => Orientation < FirstTurned ? this with { Orientation = 1 } : new(IsPng, Height, Width);

    /// <summary>Reads the header, and checks that the file is whole.</summary>
    /// <exception cref="CorruptPictureException">It is neither format, or cut off.</exception>
    internal static PictureHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            throw new CorruptPictureException("a PNG or JPEG picture", "an empty file");
        var header = file.StartsWith(PngSignature) ? ReadPng(file)
            : file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8]) ? ReadJpeg(file)
            : throw new CorruptPictureException(
                "a PNG or JPEG picture", $"a file that begins with {Convert.ToHexStringLower(file[..Math.Min(8, file.Length)])}");
        return header is { Width: > 0, Height: > 0 } ? header
            : throw new CorruptPictureException("a picture of at least one pixel", $"{header.Width} x {header.Height}");
    }

    private static PictureHeader ReadPng(ReadOnlySpan<byte> file)
    {
        PictureHeader? header = null;
        for (var rest = file[PngSignature.Length..]; rest.Length >= ChunkFrame;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var type = rest.Slice(4, 4);
            if (length > rest.Length - ChunkFrame)
                break;
            if (header is null && (length != 13 || !type.SequenceEqual("IHDR"u8)))
                throw new CorruptPictureException("a PNG picture that begins with its header IHDR", "another chunk");
            header ??= new(true, BinaryPrimitives.ReadInt32BigEndian(rest[8..]), BinaryPrimitives.ReadInt32BigEndian(rest[12..]));
            if (type.SequenceEqual("IEND"u8))
                return header.Value;
            rest = rest[((int)length + ChunkFrame)..];
        }
        throw new CorruptPictureException("a PNG picture up to its end IEND", $"{file.Length} bytes: the file is cut off");
    }

    private static PictureHeader ReadJpeg(ReadOnlySpan<byte> file)
    {
        PictureHeader? header = null;
        int at = 2, orientation = 1;
        while (at + 4 <= file.Length)
        {
            int marker = file[at + 1];
            // Filling, or bytes that belong to no segment: whether they are passed over is the decoder's to say.
            if (file[at] != 0xff || marker is 0xff or 0)
            {
                at++;
                continue;
            }
            if (marker == StartOfScan && header is { } found)
            {
                RequireEnd(file, at);
                return found with { Orientation = orientation };
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            // C0 to CF begin a frame, but for tables (C4), extensions (C8) and conditioning (CC).
            if (marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc) && at + 9 <= file.Length)
                header = new(false, BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]));
            if (marker == ExifSegment && length >= 2 && at + 2 + length <= file.Length && OrientationIn(file.Slice(at + 4, length - 2)) is { } said)
                orientation = said;
            at += 2 + Math.Max(2, length);
        }
        throw new CorruptPictureException("a JPEG picture with a frame and a scan", $"{file.Length} bytes: the file is cut off");
    }

    private static void RequireEnd(ReadOnlySpan<byte> file, int scan)
    {
        int scans = file[scan..].Count((ReadOnlySpan<byte>)[0xff, StartOfScan]);
        if (scans > MostScans)
            throw new CorruptPictureException($"a JPEG picture of at most {MostScans} scans", $"{scans}");
        if (file[scan..].LastIndexOf((ReadOnlySpan<byte>)[0xff, EndOfImage]) < 0)
            throw new CorruptPictureException("a JPEG picture up to its end marker", $"{file.Length} bytes: the file is cut off");
    }

    /// <summary>The orientation that a segment notes; null where it is none of Exif, or notes none that there is.</summary>
    private static int? OrientationIn(ReadOnlySpan<byte> segment)
    {
        const int tag = 0x0112, entryBytes = 12, unsignedShort = 3;
        if (!segment.StartsWith("Exif\0\0"u8))
            return null;
        var tiff = segment[6..];
        bool isLittle = tiff.StartsWith("II"u8);
        if (tiff.Length < 8 || (!isLittle && !tiff.StartsWith("MM"u8)))
            return null;
        uint start = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (start > tiff.Length - 2)
            return null;
        var entries = tiff[((int)start + 2)..];
        for (int left = Short(tiff[(int)start..], isLittle); left > 0 && entries.Length >= entryBytes; left--, entries = entries[entryBytes..])
        {
            if (Short(entries, isLittle) != tag)
                continue;
            int found = Short(entries[2..], isLittle) == unsignedShort ? Short(entries[8..], isLittle) : 0;
            return found is >= 1 and <= LastOrientation ? found : null;
        }
        return null;

        static int Short(ReadOnlySpan<byte> bytes, bool isLittle) =>
            isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}
