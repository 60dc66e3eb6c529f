namespace Kappa.Data.Tests.Tables;

public sealed class TableEncoderTests
{
    private static readonly Table Training = new(
    [
        new NumberColumn("age", [1, 3, double.NaN, 5], isWhole: true),
        CategoryColumn.From("town", ["Bonn", "Aachen", "Bonn", null]),
        new DateColumn("day", [10, 10, 30, 30]),
        new NumberColumn("same", [7, 7, 7, 7]),
        CategoryColumn.From("label", ["yes", "no", "no", "yes"]),
        new NumberColumn("price", [10, 20, 30, 60]),
    ]);

    [Fact]
    public void Features_are_what_the_formulas_say()
    {
        List<string> said = [];
        var encoder = TableEncoder.Fit(Training.Drop("price"), "label", new TableEncoderOptions { OnWarning = said.Add });
        Assert.Equal(["age", "age is missing", "town=Aachen", "town=Bonn", "town is missing", "day"], encoder.FeatureNames);
        Assert.Equal(["no", "yes"], encoder.ClassNames);
        Assert.Equal(["column \"same\" has 7 in all 4 training rows: it is left out"], said);
        var data = encoder.Encode(Training);
        Assert.Equal((4, DataType.Int32, 0), (data.Count, data.TargetType, data.TargetShape.Rank));
        var (x, y) = data.Take([0, 1, 2, 3]);
        float unit = (float)(2 / Math.Sqrt(8.0 / 3));
        Assert.Equal(
            [
                -unit, 0, 0, 1, 0, -1,
                0, 0, 1, 0, 0, -1,
                0, 1, 0, 1, 0, 1,
                unit, 0, 0, 0, 1, 1,
            ], x.ToArray<float>());
        Assert.Equal([1, 0, 0, 1], y.ToArray<int>());
    }

    [Fact]
    public void Columns_that_are_removed_are_as_those_of_rows_that_miss_them()
    {
        var encoder = TableEncoder.Fit(Training.Drop("price", "same"), "label");
        var without = new Table([
            new NumberColumn("age", [double.NaN, double.NaN, double.NaN, double.NaN]), CategoryColumn.From("town", [null, null, null, null]), Training["day"]]);
        float[] all = encoder.EncodeInputs(Training).ToArray<float>(), removed = [.. all];
        encoder.RemoveColumns(removed, ["town", "age"]);
        Assert.Equal(encoder.EncodeInputs(without).ToArray<float>(), removed);
        encoder.RemoveColumns(all, ["day"]);
        // No training row missed it: the mean, and nothing that says so.
        Assert.All(Enumerable.Range(0, 4), row => Assert.Equal(0, all[(6 * row) + 5]));
        Assert.Equal(1, all[(6 * 2) + 1]);
        Assert.Contains(
            "there is no column \"day2\" among the inputs; there are age, town, day",
            Assert.Throws<ArgumentException>(() => encoder.RemoveColumns(new float[6], ["day2"])).Message);
        Assert.Contains("rows of 6 features; got 7", Assert.Throws<ArgumentException>(() => encoder.RemoveColumns(new float[7], ["age"])).Message);
    }

    [Fact]
    public void What_is_learnt_is_of_the_training_rows_alone()
    {
        var training = Table.From([1.0, 3.0], ("x", x => x), ("y", x => x + 0.5));
        var later = Table.From([1001.0], ("x", x => x), ("y", x => x));
        var encoder = TableEncoder.Fit(training, "y");
        using var inputs = encoder.EncodeInputs(later.Drop("y"));
        Assert.Equal([999f], inputs.ToArray<float>());
    }

    [Fact]
    public void Numbers_as_target_come_back_in_their_unit()
    {
        var encoder = TableEncoder.Fit(Training.Drop("label", "same"), "price", new TableEncoderOptions { StandardizeTarget = true });
        var targets = encoder.Encode(Training).Take([0, 1, 2, 3]).Targets;
        Assert.Equal((DataType.Float32, 0), (targets.DataType, encoder.Encode(Training).TargetShape.Rank));
        float[] values = targets.ToArray<float>();
        Assert.Equal(0, values.Average(), 1e-6);
        Assert.Equal(1, values.Average(value => value * value), 1e-6);
        double[] prices = encoder.ToNumbers(targets.Reshape([4, 1]));
        for (int i = 0; i < 4; i++)
            Assert.Equal(new double[] { 10, 20, 30, 60 }[i], prices[i], 1e-5);
    }

    [Fact]
    public void The_class_of_the_highest_score_is_named()
    {
        var encoder = TableEncoder.Fit(Training.Select("age", "label"), "label");
        Assert.Equal(["yes", "no"], encoder.ToClassNames(Tensor.From([1f, 2f, 4f, 3f], [2, 2])));
    }

    [Fact]
    public void Integers_as_target_are_what_is_asked_for_and_never_guessed()
    {
        var table = Table.From([3, 1, 10], ("x", x => x / 2.0), ("y", x => x));
        Assert.Contains("has integers, which may be classes or numbers: set TableEncoderOptions.Kind", Fails(table, "y"));
        var classes = TableEncoder.Fit(table, "y", new TableEncoderOptions { Kind = TargetKind.Classes });
        Assert.Equal(["1", "3", "10"], classes.ClassNames);
        Assert.Equal([1, 0, 2], Splits.Labels(classes.Encode(table)));
        var numbers = TableEncoder.Fit(table, "y", new TableEncoderOptions { Kind = TargetKind.Numbers });
        Assert.Equal([3f, 1f, 10f], numbers.Encode(table).Take([0, 1, 2]).Targets.ToArray<float>());
    }

    [Fact]
    public void An_unseen_category_is_an_error_or_none_of_the_known_ones_as_asked()
    {
        var later = Training.Drop("town");
        later = new Table([.. later.Columns, CategoryColumn.From("town", ["Bonn", "Cologne", "Cologne", "Bonn"])]);
        var strict = TableEncoder.Fit(Training.Select("town", "label"), "label");
        Assert.Contains("row 1 has \"Cologne\" in column \"town\", which no training row has; known are Aachen, Bonn.",
            Assert.Throws<ArgumentException>(() => strict.EncodeInputs(later)).Message);
        List<string> said = [];
        var lenient = TableEncoder.Fit(
            Training.Select("town", "label"), "label", new TableEncoderOptions { Unseen = UnseenPolicy.Other, OnWarning = said.Add });
        Assert.Equal([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], lenient.EncodeInputs(later).ToArray<float>());
        Assert.Contains("\"Cologne\" in column \"town\" is none of the categories", Assert.Single(said));
    }

    [Fact]
    public void What_cannot_be_encoded_is_said_with_column_row_and_way_out()
    {
        Assert.Contains("row 2 has no value in column \"age\"", Fails(Training, "label", new TableEncoderOptions { Missing = MissingPolicy.Error }));
        Assert.Contains("\"same\" has 7 in all 4 training rows", Fails(
            Training.Select("same", "age", "label"), "label", new TableEncoderOptions { Constant = ConstantPolicy.Error }));
        Assert.Contains("no column \"nothing\"", Fails(Training, "nothing"));
        Assert.Contains("column \"label\" has 2 categories", Fails(Training.Drop("town"), "price", new TableEncoderOptions { MostCategories = 1 }));
        Assert.Contains("\"town\" is missing in 1 rows, first in row 3: leave them out with table.WithoutMissing(\"town\")", Fails(Training, "town"));
        Assert.Contains("has texts; numbers are wanted", Fails(Training, "label", new TableEncoderOptions { Kind = TargetKind.Numbers }));
        Assert.Contains("has texts, of which nothing can be learnt here", Fails(
            new Table([new TextColumn("t", ["a", "b"]), new NumberColumn("y", [1, 2])]), "y"));
        Assert.Contains("is 7 in all 4 training rows: there is nothing to learn", Fails(
            Training, "same", new TableEncoderOptions { StandardizeTarget = true }).Replace("\"7\"", "7"));
        var encoder = TableEncoder.Fit(Training.Select("price", "label"), "label");
        Assert.Contains("row 0 has no value in column \"price\": no training row misses it", Assert.Throws<ArgumentException>(
            () => encoder.EncodeInputs(new Table([new NumberColumn("price", [double.NaN])]))).Message);
        Assert.Contains("has Category; the training rows have Number", Assert.Throws<ArgumentException>(
            () => encoder.EncodeInputs(new Table([CategoryColumn.From("price", ["cheap"])]))).Message);
        Assert.Contains("the class \"maybe\" in \"label\", which no training row has: expected one of no, yes", Assert.Throws<ArgumentException>(
            () => encoder.Encode(new Table([new NumberColumn("price", [1]), CategoryColumn.From("label", ["maybe"])]))).Message);
    }

    [Fact]
    public void A_value_that_is_missing_later_in_a_column_that_no_training_row_misses_is_an_error_or_filled_in_as_asked()
    {
        var whole = new Table([new NumberColumn("x", [1, 3]), CategoryColumn.From("town", ["Bonn", "Aachen"]), CategoryColumn.From("label", ["a", "b"])]);
        var later = new Table([new NumberColumn("x", [3, double.NaN]), CategoryColumn.From("town", ["Bonn", null])]);
        var strict = TableEncoder.Fit(whole, "label");
        Assert.Contains(
            "row 7 has no value in column \"x\": no training row misses it, so that the model cannot know what that means. Leave the row out, fill the value "
            + "in, or set TableEncoderOptions.MissingLater = Mean", Assert.Throws<ArgumentException>(() => strict.EncodeInputs(later, firstRow: 6)).Message);
        Assert.Contains("row 1 has no value in column \"town\"", Assert.Throws<ArgumentException>(
            () => strict.EncodeInputs(new Table([new NumberColumn("x", [1, 2]), later["town"]]))).Message);
        using var folder = new TemporaryFolder();
        TableEncoder.Fit(whole, "label", new TableEncoderOptions { MissingLater = LaterMissingPolicy.Mean }).Save(folder["encoder.json"]);
        List<string> said = [];
        var lenient = TableEncoder.Load(folder["encoder.json"], said.Add);
        Assert.Equal([1, 0, 1, 0, 0, 0], lenient.EncodeInputs(later).ToArray<float>());
        Assert.Equal(
            [
                "column \"x\" misses values, first in row 1, and no training row does: they are taken for its mean",
                "column \"town\" misses values, first in row 1, and no training row does: they are taken for none of its categories",
            ], said);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_prediction_that_is_not_finite_is_never_a_class_or_a_number(double bad)
    {
        var classes = TableEncoder.Fit(Training.Select("age", "label"), "label");
        Assert.Contains($"the model gives {bad} for row 1", Assert.Throws<NonFiniteException>(
            () => classes.ToClassNames(Tensor.From([1, 2, bad, 0], [2, 2]))).Message);
        var numbers = TableEncoder.Fit(Training.Select("age", "price"), "price", new TableEncoderOptions { Kind = TargetKind.Numbers });
        Assert.Contains($"the model gives {bad} for row 2", Assert.Throws<NonFiniteException>(() => numbers.ToNumbers(Tensor.From([1, 2, bad]))).Message);
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1.0)]
    [InlineData(1e300)]
    public void Any_scale_of_numbers_is_standardised(double scale)
    {
        var table = new Table([new NumberColumn("x", [-scale, 0, scale]), new NumberColumn("y", [1.5, 2, 3])]);
        float unit = (float)Math.Sqrt(1.5);
        float[] got = TableEncoder.Fit(table, "y").EncodeInputs(table).ToArray<float>();
        Assert.Equal(-unit, got[0], 1e-6f);
        Assert.Equal(0f, got[1], 1e-6f);
        Assert.Equal(unit, got[2], 1e-6f);
    }

    [Fact]
    public void A_saved_encoder_encodes_to_the_same_bits_and_a_changed_file_is_found()
    {
        using var folder = new TemporaryFolder();
        var encoder = TableEncoder.Fit(Training.Drop("same"), "label", new TableEncoderOptions { Unseen = UnseenPolicy.Other });
        encoder.Save(folder["encoder.json"]);
        var loaded = TableEncoder.Load(folder["encoder.json"]);
        Assert.Equal(encoder.FeatureNames, loaded.FeatureNames);
        Assert.Equal(encoder.ClassNames, loaded.ClassNames);
        Assert.Equal(DataFingerprint.Of(encoder.Encode(Training)), DataFingerprint.Of(loaded.Encode(Training)));
        File.WriteAllText(folder["encoder.json"], File.ReadAllText(folder["encoder.json"]).Replace("Bonn", "Born"));
        Assert.Contains("expected a table encoder", Assert.Throws<DataFileException>(() => TableEncoder.Load(folder["encoder.json"])).Message);
    }

    private static string Fails(Table table, string target, TableEncoderOptions? options = null) =>
        Assert.Throws<ArgumentException>(() => TableEncoder.Fit(table, target, options)).Message;
}
