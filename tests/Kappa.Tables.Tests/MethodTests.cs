namespace Kappa.Tables.Tests;

public class MethodTests
{
    private static readonly StudySettings Small = new() { Rows = 2000, Seeds = 2, TuningSeeds = 1, Epochs = 10, Hidden = [32], Trees = 200 };

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var table in GeneratedTable.All)
            {
                for (int method = 0; method < StudyMethod.All(Small, table).Count; method++)
                    cases.Add(table.Name, method);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_method_learns_something_of_every_table_and_less_than_there_is(string name, int index)
    {
        using var folder = new TemporaryFolder();
        var data = new StudyData(GeneratedTableTests.Find(name), Small.Rows, 0, folder["rows.csv"]);
        var method = StudyMethod.All(Small, data.Table)[index];
        var predict = method.Fit(data, method.Axes.ToDictionary(axis => axis.Name, axis => axis.Values[axis.Values.Count / 2]), 0, CancellationToken.None);
        var scores = data.TestScores(predict(data.TestInputs[0].Inputs));
        var best = data.BestScores();
        double floor = data.Table.IsClasses ? 0.55 : 0.05;
        string metric = data.Table.IsClasses ? "accuracy" : "R2";
        Assert.True(scores[metric] > floor, $"{method.Name}: {metric} {scores[metric]}");
        Assert.True(scores[metric] < best[metric], $"{method.Name}: {metric} {scores[metric]} is better than the function itself, {best[metric]}");
        Assert.True(double.IsFinite(data.ValidationLoss(predict(data.ValidationInputs))));
    }

    [Fact]
    public void Ridge_regression_solves_its_normal_equations()
    {
        using var folder = new TemporaryFolder();
        var data = new StudyData(new InteractionsTable(), 500, 0, folder["rows.csv"]);
        const double Penalty = 10;
        var predict = new LinearMethod(isClasses: false).Fit(data, new Dictionary<string, double> { ["penalty"] = Penalty }, 0, CancellationToken.None);
        // The weights are the predictions at the unit vectors less the one at zero.
        int rows = data.TrainingInputs.Shape[0], width = data.TrainingInputs.Shape[1];
        double bias = predict(Tensor.Zeros([1, width]))[0];
        float[] units = new float[width * width];
        for (int i = 0; i < width; i++)
            units[(i * width) + i] = 1;
        double[] weights = [.. predict(Tensor.From(units, [width, width])).Select(value => value - bias)];
        double[] predictions = predict(data.TrainingInputs);
        float[] inputs = data.TrainingInputs.ToArray<float>();
        for (int column = 0; column < width; column++)
        {
            double gradient = Penalty * weights[column];
            for (int row = 0; row < rows; row++)
                gradient += inputs[(row * width) + column] * (predictions[row] - data.TrainingTargets[row]);
            Assert.Equal(0, gradient, 1e-8);
        }
    }

    [Fact]
    public void Test_rows_are_neither_trained_on_nor_chosen_by()
    {
        using var folder = new TemporaryFolder();
        var data = new StudyData(new InteractionsTable(), 1000, 0, folder["rows.csv"]);
        string[][] keys = [.. new[] { data.TrainingInputs, data.ValidationInputs, data.TestInputs[0].Inputs }.Select(Keys)];
        Assert.Equal([600, 200, 200], keys.Select(part => part.Length));
        Assert.Equal(1000, keys.SelectMany(part => part).Distinct().Count());

        static string[] Keys(Tensor inputs) => [.. inputs.ToArray<float>().Chunk(inputs.Shape[1]).Select(row => string.Join(' ', row))];
    }

    [Fact]
    public void A_shift_changes_test_inputs_alone()
    {
        using var folder = new TemporaryFolder();
        var data = new StudyData(new InteractionsTable(), 1000, 0, folder["rows.csv"]);
        Assert.Equal(["as they are", "noise 0.1", "noise 0.3", "missing 10%", "missing 30%"], data.TestInputs.Select(entry => entry.Name));
        float[][] values = [.. data.TestInputs.Select(entry => entry.Inputs.ToArray<float>())];
        var (plain, noisy, missing) = (values[0], values[2], values[4]);
        double deviation = Math.Sqrt(plain.Zip(noisy, (a, b) => (double)(b - a) * (b - a)).Average());
        Assert.InRange(deviation, 0.29, 0.31);
        Assert.Equal(0.3, missing.Count(value => value == 0) / (double)missing.Length, 6);
    }
}
