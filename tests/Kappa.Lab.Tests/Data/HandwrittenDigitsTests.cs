using System.Text;

namespace Kappa.Lab.Tests.Data;

public sealed class HandwrittenDigitsTests
{
    [SkippableFact]
    public void All_digits_are_read_and_parted_the_same_way_every_time()
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        var all = HandwrittenDigits.All();
        Assert.Equal(10_000, all.Count);
        int[] counts = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];
        Assert.Equal(counts, all.Labels.ToArray().CountBy(label => label).OrderBy(pair => pair.Key).Select(pair => pair.Value));
        var (training, test) = HandwrittenDigits.Load();
        Assert.Equal((8000, 2000), (training.Count, test.Count));
        var again = HandwrittenDigits.Load().Test;
        int[] rows = [.. Enumerable.Range(0, 2000)];
        Assert.Equal(test.Take(rows).Inputs.ToArray<float>(), again.Take(rows).Inputs.ToArray<float>());
        Assert.Equal(10, test.Take(rows).Targets.ToArray<int>().Distinct().Count());
    }

    [Fact]
    public void Rounded_pixels_become_the_bytes_they_were()
    {
        var text = new StringBuilder("{ \"data\": [");
        // As the package was made: three decimals.
        _ = text.AppendJoin(',', Enumerable.Range(0, 784).Select(i => Math.Round(i % 256 / 255.0, 3))).Append("]}");
        List<byte> pixels = [];
        HandwrittenDigits.ReadPixels("x", Encoding.UTF8.GetBytes(text.ToString()), pixels);
        Assert.Equal(Enumerable.Range(0, 784).Select(i => (byte)(i % 256)), pixels);
    }

    [Theory]
    [InlineData("""{ "data": [0, 0.5""", "not JSON")]
    [InlineData("""{ "data": [0, 2]}""", "got 2 at number 1")]
    [InlineData("""{ "data": [0, "a"]}""", "String at byte 14")]
    [InlineData("""{ "date": [0]}""", "PropertyName")]
    [InlineData("""{ "data": [0]}""", "1 numbers: the file is cut off")]
    public void What_is_no_list_of_pixels_is_refused(string json, string got) =>
        Assert.Contains(got, Assert.Throws<DataFileException>(() => HandwrittenDigits.ReadPixels("x", Encoding.UTF8.GetBytes(json), [])).Message);
}
