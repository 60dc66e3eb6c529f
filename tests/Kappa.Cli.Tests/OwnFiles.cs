using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Parquet;
using Parquet.Schema;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Kappa.Cli.Tests;

/// <summary>Data as users have it, a file or a folder of each kind, and the config that names it from a folder beside.</summary>
internal static class OwnFiles
{
    private const int Rows = 90;

    private static readonly Lazy<byte[][]> Pictures = new(() => [.. Enumerable.Range(0, 60).Select(Picture)]);

    /// <summary>The kinds, with what a config says of each and a model that takes it.</summary>
    internal static IReadOnlyDictionary<string, (string Data, string Model)> Kinds { get; } = new Dictionary<string, (string, string)>
    {
        ["csv"] = ("""{ "name": "csv", "path": "../data/rows.csv", "target": "kind" }""", Mlp),
        ["csv of numbers"] = ("""{ "name": "csv", "path": "../data/rows.csv", "target": "size", "drop": ["kind"] }""", Mlp),
        ["parquet"] = ("""{ "name": "parquet", "path": "../data/rows.parquet", "target": "kind" }""", Mlp),
        ["numpy"] = ("""{ "name": "numpy", "path": "../data/rows.npy", "target": "column3", "targetKind": "classes" }""", Mlp),
        ["images"] = ("""{ "name": "images", "path": "../data/pictures", "height": 8, "width": 8 }""", """{ "name": "conv", "channels": [4, 6] }"""),
        ["images as vectors"] = ("""{ "name": "images", "path": "../data/pictures", "height": 6, "width": 4, "grey": true }""", Mlp),
        ["text"] = (
            """{ "name": "text", "path": "../data/text.txt" }""",
            """{ "name": "transformer", "width": 8, "layers": 1, "heads": 2, "contextLength": 8 }"""),
    };

    private static string Mlp => """{ "name": "mlp", "hidden": [6, 5] }""";

    /// <summary>The config of a short training.</summary>
    internal static string TrainConfig(string kind) =>
        $$"""
        { "name": "own", "data": {{Kinds[kind].Data}}, "model": {{Kinds[kind].Model}}, "optimizer": { "name": "adamw", "learningRate": 0.01 },
          "steps": 6, "batchSize": 8, "validationExamples": 5 }
        """;

    /// <summary>A folder with data in all kinds, and the config of one of them as <c>configs/train.json</c>.</summary>
    internal static TemporaryFolder Make(string kind)
    {
        var folder = new TemporaryFolder();
        _ = Directory.CreateDirectory(folder["data"]);
        _ = Directory.CreateDirectory(folder["configs"]);
        File.WriteAllText(folder["configs/train.json"], TrainConfig(kind));
        File.WriteAllLines(folder["data/rows.csv"], ["size,weight,kind", .. Enumerable.Range(0, Rows).Select(i => $"{Size(i)},{Weight(i)},kind{i % 3}")]);
        WriteParquet(folder["data/rows.parquet"]);
        File.WriteAllBytes(folder["data/rows.npy"], Npy([.. Enumerable.Range(0, Rows).SelectMany(i => (double[])[Value(Size(i)), Value(Weight(i)), i % 3])]));
        foreach (var (i, picture) in Pictures.Value.Index())
        {
            string path = folder[$"data/pictures/class{i % 3}/{i:d2}.png"];
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, picture);
        }
        File.WriteAllText(
            folder["data/text.txt"], string.Concat(Enumerable.Range(0, 120).Select(i => $"line {i} of a text that goes on. ")), new UTF8Encoding(false));
        return folder;
    }

    private static string Size(int row) => FormattableString.Invariant($"{(row % 3 * 10) + (row % 7)}.5");

    private static string Weight(int row) => FormattableString.Invariant($"{row % 11}.25");

    private static double Value(string number) => double.Parse(number, CultureInfo.InvariantCulture);

    private static void WriteParquet(string path)
    {
        DataField[] fields = [new DataField<double>("size"), new DataField<double>("weight"), new DataField<string>("kind")];
        WriteAsync().GetAwaiter().GetResult();

        async Task WriteAsync()
        {
            int[] rows = [.. Enumerable.Range(0, Rows)];
            await using var stream = File.Create(path);
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(fields[0], rows.Select(row => Value(Size(row))).ToArray());
            await group.WriteAsync<double>(fields[1], rows.Select(row => Value(Weight(row))).ToArray());
            await group.WriteAsync(fields[2], rows.Select(row => $"kind{row % 3}").ToArray());
        }
    }

    private static byte[] Npy(double[] values)
    {
        string header = $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({values.Length / 3}, 3), }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes(values.AsSpan())];
    }

    private static byte[] Picture(int index)
    {
        using var image = new Image<Rgb24>(9, 8);
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 9; x++)
                image[x, y] = new Rgb24((byte)(index % 3 * 80), (byte)((index * 7 + x * 20) % 256), (byte)(y * 30));
        }
        using var bytes = new MemoryStream();
        image.SaveAsPng(bytes);
        return bytes.ToArray();
    }
}
