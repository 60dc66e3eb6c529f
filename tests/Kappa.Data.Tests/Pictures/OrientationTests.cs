namespace Kappa.Data.Tests.Pictures;

/// <summary>JPEGs of a camera that was held in any way, against where Exif 2.32 says that the first row and the first column are seen.</summary>
public sealed class OrientationTests
{
    // Blocks of a JPEG, in which a grey is kept but for rounding.
    private const int Block = 8, Width = 3 * Block, Height = 2 * Block;

    private static readonly PictureFolderOptions Sized =
        new() { Height = Height, Width = Width, IsGrey = true, Normalization = PictureNormalization.None, Fit = PictureFit.Stretch };

    public static TheoryData<int, bool> Orientations
    {
        get
        {
            var rows = new TheoryData<int, bool>();
            for (int orientation = 1; orientation <= 8; orientation++)
            {
                rows.Add(orientation, true);
                rows.Add(orientation, false);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void A_picture_is_turned_upright(int orientation, bool isLittle)
    {
        using var folder = new TemporaryFolder();
        byte[] stored = Stored(orientation);
        folder.Save("a/1.jpg", WithExif(stored, Exif((ushort)orientation, isLittle)));
        folder.Save("b/1.jpg", Stored(1));
        AssertUpright(PictureFolder.Open(folder.FullPath, Sized).Take([0]).Inputs);
        // Without a size, all must have one as they are seen.
        var unsized = PictureFolder.Open(folder.FullPath, Sized with { Height = null, Width = null });
        Assert.Equal([1, Height, Width], unsized.InputShape.ToArray());
        AssertUpright(unsized.Take([0]).Inputs);
        AssertUpright(new PictureReader(Sized).Read([folder["a/1.jpg"]]).Inputs!);
    }

    [Fact]
    public void It_is_left_as_it_is_stored_where_that_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        folder.Save("a/1.jpg", WithExif(Stored(1), Exif(3, true)));
        folder.Save("b/1.jpg", Stored(1));
        AssertUpright(PictureFolder.Open(folder.FullPath, Sized with { FollowOrientation = false }).Take([0]).Inputs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(65535)]
    public void A_number_that_is_none_is_passed_over(int orientation)
    {
        using var folder = new TemporaryFolder();
        folder.Save("a/1.jpg", WithExif(Stored(1), Exif((ushort)orientation, true)));
        folder.Save("b/1.jpg", Stored(1));
        AssertUpright(PictureFolder.Open(folder.FullPath, Sized).Take([0]).Inputs);
    }

    [Fact]
    public void Notes_that_are_cut_off_or_point_anywhere_are_passed_over()
    {
        byte[] whole = Exif(3, true);
        var damaged = Enumerable.Range(0, whole.Length - 4).Select(length => whole[..length]).ToList();
        uint[] starts = [9, 25, 26, 1000, int.MaxValue, uint.MaxValue];
        foreach (uint start in starts)
        {
            byte[] pointed = [.. whole];
            BitConverter.TryWriteBytes(pointed.AsSpan(10), start);
            damaged.Add(pointed);
        }
        byte[] many = [.. whole];
        // 65,535 entries, of which two are there and none is the orientation.
        (many[14], many[15], many[28]) = (0xff, 0xff, 0x13);
        damaged.Add(many);
        foreach (byte[] exif in damaged)
        {
            var header = PictureHeader.Read(WithExif(Stored(1), exif));
            Assert.Equal((Width, Height, 1), (header.Width, header.Height, header.Orientation));
        }
        Assert.Equal(3, PictureHeader.Read(WithExif(Stored(1), whole)).Orientation);
    }

    private static int Grey(int x, int y) => 20 + (40 * ((y / Block * 3) + (x / Block)));

    /// <summary>Upright, it is three blocks wide and two high, each of a grey of its own.</summary>
    private static byte[] Stored(int orientation)
    {
        bool isTurned = orientation >= 5;
        return PictureFiles.Jpeg(isTurned ? Height : Width, isTurned ? Width : Height, (column, row) => orientation switch
        {
            1 => Grey(column, row),
            2 => Grey(Width - 1 - column, row),
            3 => Grey(Width - 1 - column, Height - 1 - row),
            4 => Grey(column, Height - 1 - row),
            5 => Grey(row, column),
            6 => Grey(Width - 1 - row, column),
            7 => Grey(Width - 1 - row, Height - 1 - column),
            _ => Grey(row, Height - 1 - column),
        });
    }

    private static void AssertUpright(Tensor inputs)
    {
        float[] values = inputs.ToArray<float>();
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
                Assert.InRange(255 * values[(y * Width) + x], Grey(x, y) - 3, Grey(x, y) + 3);
        }
    }

    private static byte[] Exif(ushort orientation, bool isLittle)
    {
        byte[] Number(int bytes, uint value)
        {
            byte[] number = BitConverter.GetBytes(value)[..bytes];
            return isLittle ? number : [.. number.Reverse()];
        }

        return
        [
            .. "Exif\0\0"u8, .. isLittle ? "II"u8 : "MM"u8, .. Number(2, 42), .. Number(4, 8), .. Number(2, 2),
            .. Number(2, 0x010f), .. Number(2, 2), .. Number(4, 4), .. "Abc\0"u8,
            .. Number(2, 0x0112), .. Number(2, 3), .. Number(4, 1), .. Number(2, orientation), 0, 0,
            .. Number(4, 0),
        ];
    }

    private static byte[] WithExif(byte[] jpeg, byte[] exif) =>
        [0xff, 0xd8, 0xff, 0xe1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
}
