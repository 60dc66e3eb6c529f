using FsCheck;
using FsCheck.Fluent;

namespace Kappa.Data.Tests.Tables;

public sealed class SplitsTests
{
    private static readonly Arbitrary<(int[] Labels, int Seed)> Cases = Gen.Choose(0, 4).ArrayOf().Where(labels => labels.Length >= 4)
        .SelectMany(labels => Gen.Choose(0, 1000).Select(seed => (labels, seed))).ToArbitrary();

    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20_261_128, 3);

    [Fact]
    public void Every_split_parts_all_rows_without_overlap() => Prop.ForAll(Cases, of =>
    {
        int count = of.Labels.Length;
        RequireParts(count, Splits.Random(count, 0.3, Generator(of.Seed)));
        RequireParts(count, Splits.Stratified(of.Labels, 0.3, Generator(of.Seed), SinglePolicy.Training));
        foreach (var fold in Splits.Folds(count, 3, Generator(of.Seed)).Concat(Splits.StratifiedFolds(of.Labels, 3, Generator(of.Seed), SinglePolicy.Training)))
            RequireParts(count, fold);
        if (of.Labels.Distinct().Count() > 1)
            RequireParts(count, Splits.Grouped(of.Labels, 0.3, Generator(of.Seed)));
    }).Check(Many);

    [Fact]
    public void A_random_split_has_the_wanted_number_and_depends_on_the_seed()
    {
        var split = Splits.Random(1000, 0.25, new Philox(1));
        Assert.Equal(250, split.Validation.Count);
        Assert.Equal(split.Validation, Splits.Random(1000, 0.25, new Philox(1)).Validation);
        Assert.NotEqual(split.Validation, Splits.Random(1000, 0.25, new Philox(2)).Validation);
    }

    [Fact]
    public void A_stratified_split_has_every_class_in_its_proportion_to_less_than_a_row() => Prop.ForAll(Cases, of =>
    {
        var split = Splits.Stratified(of.Labels, 0.3, Generator(of.Seed), SinglePolicy.Training);
        foreach (var rows in of.Labels.GroupBy(label => label))
        {
            int taken = split.Validation.Count(row => of.Labels[row] == rows.Key);
            if (rows.Count() == 1)
                Assert.Equal(0, taken);
            else
                Assert.InRange(taken, (0.3 * rows.Count()) - 1, (0.3 * rows.Count()) + 1);
        }
        if (of.Labels.GroupBy(label => label).All(rows => rows.Count() > 1))
            Assert.Equal((int)Math.Round(0.3 * of.Labels.Length), split.Validation.Count);
    }).Check(Many);

    [Fact]
    public void Stratified_folds_differ_by_one_row_of_a_class_at_most() => Prop.ForAll(Cases, of =>
    {
        var folds = Splits.StratifiedFolds(of.Labels, 3, Generator(of.Seed), SinglePolicy.Training);
        foreach (int label in of.Labels.Distinct())
        {
            int[] counts = [.. folds.Select(fold => fold.Validation.Count(row => of.Labels[row] == label))];
            Assert.True(counts.Max() - counts.Min() <= 1);
        }
        int[] sizes = [.. folds.Select(fold => fold.Validation.Count)];
        Assert.True(sizes.Max() - sizes.Min() <= 1);
    }).Check(Many);

    [Fact]
    public void A_group_stands_on_one_side() => Prop.ForAll(Cases, of =>
    {
        if (of.Labels.Distinct().Count() < 2)
            return;
        int folds = of.Labels.Distinct().Count();
        foreach (var split in Splits.GroupedFolds(of.Labels, folds, Generator(of.Seed)).Append(Splits.Grouped(of.Labels, 0.3, Generator(of.Seed))))
            Assert.Empty(split.Training.Select(row => of.Labels[row]).Intersect(split.Validation.Select(row => of.Labels[row])));
    }).Check(Many);

    [Fact]
    public void Many_groups_come_near_to_the_wanted_part()
    {
        int[] groups = [.. Enumerable.Range(0, 1000).Select(row => row / 10)];
        Assert.Equal(200, Splits.Grouped(groups, 0.2, new Philox(1)).Validation.Count);
    }

    [Fact]
    public void What_is_measured_on_comes_after_what_is_trained_on_and_equal_times_stay_together()
    {
        double[] times = [5, 1, 4, 4, 2, 3];
        var split = Splits.ByTime(times, 0.34);
        Assert.Equal([0], split.Validation);
        Assert.Equal([0, 2, 3], Splits.ByTime(times, 0.5).Validation);
        Assert.Contains("row 1 has no time", Assert.Throws<ArgumentException>(() => Splits.ByTime([1, double.NaN], 0.5)).Message);
        Assert.Contains("nothing is left that comes after", Assert.Throws<ArgumentException>(() => Splits.ByTime([1, 1, 1], 0.5)).Message);
    }

    [Fact]
    public void Folds_measure_on_every_row_once() =>
        Assert.Equal(Enumerable.Range(0, 11), Splits.Folds(11, 4, new Philox(1)).SelectMany(fold => fold.Validation).Order());

    [Fact]
    public void Tables_and_data_sets_are_split_alike()
    {
        var table = Table.From([0, 1, 2, 3, 4], ("x", x => x));
        var split = Splits.Random(5, 0.4, new Philox(1));
        Assert.Equal(split.Validation.Select(row => (double)row), ((NumberColumn)split.Of(table).Validation["x"]).Values.ToArray());
        var data = new TensorDataSet(Tensor.Zeros([5, 1]), Tensor.From([0, 1, 2, 3, 4]));
        Assert.Equal(split.Training, Splits.Labels(split.Of(data).Training));
        Assert.Contains("the split is of 5 rows; got 4", Assert.Throws<ArgumentException>(() => split.Of(table.Take([0, 1, 2, 3]))).Message);
    }

    [Fact]
    public void Wrong_use_is_refused_with_what_was_expected()
    {
        Assert.Contains("class 7 has one example, in row 2", Assert.Throws<ArgumentException>(() => Splits.Stratified([1, 1, 7], 0.5, new Philox(1))).Message);
        Assert.Contains("above 0 and below 1", Assert.Throws<ArgumentOutOfRangeException>(() => Splits.Random(5, 1, new Philox(1))).Message);
        Assert.Contains("2 folds to 3", Assert.Throws<ArgumentOutOfRangeException>(() => Splits.Folds(3, 4, new Philox(1))).Message);
        Assert.Contains("one group alone", Assert.Throws<ArgumentException>(() => Splits.Grouped([1, 1], 0.5, new Philox(1))).Message);
        Assert.Contains("row 1 has no value in column \"g\"", Assert.Throws<ArgumentException>(
            () => Splits.Keys(new Table([CategoryColumn.From("g", ["a", null])]), "g")).Message);
    }

    private static Philox Generator(int seed) => new((ulong)seed);

    private static void RequireParts(int count, RowSplit split)
    {
        Assert.Equal(Enumerable.Range(0, count), split.Training.Concat(split.Validation).Order());
        Assert.Equal(split.Training.Order(), split.Training);
    }
}
