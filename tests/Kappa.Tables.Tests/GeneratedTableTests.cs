namespace Kappa.Tables.Tests;

public class GeneratedTableTests
{
    public static TheoryData<string> Names => [.. GeneratedTable.All.Select(table => table.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_seed_gives_the_same_rows_and_another_seed_others(string name)
    {
        var table = Find(name);
        var (first, again, other) = (table.Generate(50, 3), table.Generate(50, 3), table.Generate(50, 4));
        Assert.Equal(first.Features, again.Features);
        Assert.Equal(first.Targets, again.Targets);
        Assert.Equal(first.Names, again.Names);
        Assert.NotEqual(first.Features, other.Features);
        Assert.NotEqual(first.Names, other.Names);
        Assert.Equal(first.Names.Order(), other.Names.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_reads_back_to_the_bit(string name)
    {
        using var folder = new TemporaryFolder();
        var table = Find(name);
        var rows = table.Generate(40, 1);
        rows.WriteCsv(folder["rows.csv"], GeneratedTable.Target, table.IsClasses);
        string[] lines = File.ReadAllLines(folder["rows.csv"]);
        Assert.Equal([.. rows.Names, GeneratedTable.Target], lines[0].Split(','));
        var fields = lines.Skip(1).SelectMany(line => line.Split(',').SkipLast(1));
        double[] features = [.. fields.Select(field => double.Parse(field, CultureInfo.InvariantCulture))];
        Assert.Equal(rows.Features, features);
        string[] targets = [.. lines.Skip(1).Select(line => line.Split(',')[^1])];
        Assert.Equal(
            rows.Targets, targets.Select(text => table.IsClasses ? text == "yes" ? 1 : 0 : double.Parse(text, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_noise_of_interactions_has_its_deviation()
    {
        const int Count = 20_000;
        var rows = new InteractionsTable().Generate(Count, 1);
        double variance = rows.Targets.Zip(rows.Truth, (target, truth) => (target - truth) * (target - truth)).Average();
        double least = InteractionsTable.Noise * InteractionsTable.Noise;
        // A variance of normal numbers has a standard error of sqrt(2 / n) of itself.
        Assert.InRange(variance, least * (1 - (4 * Math.Sqrt(2.0 / Count))), least * (1 + (4 * Math.Sqrt(2.0 / Count))));
    }

    [Fact]
    public void The_noise_of_heavy_tails_has_its_mean_absolute_size()
    {
        const int Count = 20_000;
        var rows = new HeavyTailsTable().Generate(Count, 1);
        double[] sizes = [.. rows.Targets.Zip(rows.Truth, (target, truth) => Math.Abs(target - truth))];
        // E t^2 is 3 for three degrees of freedom.
        double error = Math.Sqrt((3 * HeavyTailsTable.Noise * HeavyTailsTable.Noise / Count));
        Assert.InRange(sizes.Average(), HeavyTailsTable.LeastAbsoluteError - (4 * error), HeavyTailsTable.LeastAbsoluteError + (4 * error));
        Assert.True(sizes.Max() > 10 * sizes.Average(), "the noise has no tail");
    }

    [Fact]
    public void The_classes_of_ill_conditioned_come_as_often_as_their_probabilities_say()
    {
        const int Count = 20_000;
        var rows = new IllConditionedTable().Generate(Count, 1);
        double[] groups = [0, 0.2, 0.4, 0.6, 0.8];
        foreach (double from in groups)
        {
            int[] members = [.. Enumerable.Range(0, Count).Where(row => rows.Truth[row] >= from && rows.Truth[row] < from + 0.2)];
            double expected = members.Average(row => rows.Truth[row]), share = members.Average(row => rows.Targets[row]);
            Assert.InRange(share, expected - (4 * Math.Sqrt(0.25 / members.Length)), expected + (4 * Math.Sqrt(0.25 / members.Length)));
        }
    }

    [Theory]
    [InlineData("interactions", 1, 2)]
    [InlineData("ill-conditioned", 1000, 10_000)]
    public void Inputs_are_as_well_conditioned_as_the_page_says(string name, double least, double most)
    {
        using var folder = new TemporaryFolder();
        var data = new StudyData(Find(name), 20_000, 0, folder["rows.csv"]);
        Assert.InRange(Condition.OfCovariance(data.TrainingInputs), least, most);
    }

    internal static GeneratedTable Find(string name) => GeneratedTable.All.Single(table => table.Name == name);
}
