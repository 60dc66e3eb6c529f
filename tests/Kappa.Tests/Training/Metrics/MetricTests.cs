using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Training.Metrics;

namespace Kappa.Tests.Training.Metrics;

/// <summary>Each metric against code that follows its definition, on random cases with ties, absent classes and uneven batches.</summary>
public sealed class MetricTests
{
    /// <summary>A metric, and its definition over rows of scores and labels; null where it is undefined.</summary>
    private static readonly (string Name, Func<int, Metric> Make, Func<double[][], int[], double?> Naive)[] OfClasses =
    [
        ("accuracy", _ => new Accuracy(), Right),
        ("top 2", _ => new Accuracy(2), (scores, labels) => scores.Zip(labels).Average(pair => Order(pair.First).Take(2).Contains(pair.Second) ? 1.0 : 0)),
        ("confusion matrix", classes => new ConfusionMatrix(classes), Right),
        ("precision", classes => new PrecisionScore(classes), (scores, labels) => Macro(scores, labels, (tp, fp, _) => tp + fp == 0 ? 0 : tp / (tp + fp))),
        ("recall", classes => new RecallScore(classes), (scores, labels) => Macro(scores, labels, (tp, _, fn) => tp + fn == 0 ? 0 : tp / (tp + fn))),
        ("F1", classes => new F1Score(classes), (scores, labels) => Macro(scores, labels, (tp, fp, fn) => 2 * tp / ((2 * tp) + fp + fn))),
        ("weighted F1", classes => new F1Score(classes, Averaging.Weighted),
            (scores, labels) => Weighted(scores, labels, (tp, fp, fn) => 2 * tp / ((2 * tp) + fp + fn))),
        ("micro recall", classes => new RecallScore(classes, Averaging.Micro), Right),
        ("ROC area", _ => new RocArea(), (scores, labels) => OneAgainstTheRest(scores, labels, RocByPairs)),
        ("precision-recall area", _ => new PrecisionRecallArea(), (scores, labels) => OneAgainstTheRest(scores, labels, PrecisionByThresholds)),
        ("cross-entropy", _ => new MeanCrossEntropy(), (scores, labels) => scores.Zip(labels).Average(pair => -Math.Log(Softmax(pair.First)[pair.Second]))),
        ("perplexity", _ => new Perplexity(), (scores, labels) => Math.Exp(scores.Zip(labels).Average(pair => -Math.Log(Softmax(pair.First)[pair.Second])))),
        ("calibration error", _ => new CalibrationError(10), Calibration),
    ];

    private static readonly (string Name, Func<Metric> Make, Func<double[][], double[][], double?> Naive)[] OfNumbers =
    [
        ("mean absolute error", () => new MeanAbsoluteError(), (outputs, targets) => Flat(outputs).Zip(Flat(targets), (o, t) => Math.Abs(o - t)).Average()),
        ("root mean squared error", () => new RootMeanSquaredError(),
            (outputs, targets) => Math.Sqrt(Flat(outputs).Zip(Flat(targets), (o, t) => (o - t) * (o - t)).Average())),
        ("R2", () => new RSquared(), Determination),
    ];

    public static TheoryData<string> ClassNames => [.. OfClasses.Select(entry => entry.Name)];

    public static TheoryData<string> NumberNames => [.. OfNumbers.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(ClassNames))]
    public void A_metric_of_classes_is_its_definition_on_random_cases(string name)
    {
        var (_, make, naive) = OfClasses.Single(entry => entry.Name == name);
        for (int seed = 0; seed < 800; seed++)
        {
            var generator = new Philox((ulong)seed);
            int classes = 2 + generator.NextInt32(4), rows = 1 + generator.NextInt32(40), present = 1 + generator.NextInt32(classes);
            // A few values for many scores, so that many are equal; every third case is smooth.
            double[][] scores = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, classes)
                .Select(_ => seed % 3 == 0 ? (8 * generator.NextDouble()) - 4 : generator.NextInt32(4) - 1.5).ToArray())];
            int[] labels = [.. Enumerable.Range(0, rows).Select(_ => generator.NextInt32(present))];
            var type = seed % 2 == 0 ? DataType.Float64 : DataType.Float32;
            if (type == DataType.Float32)
                scores = [.. scores.Select(row => row.Select(value => (double)(float)value).ToArray())];
            var metric = make(classes);
            Feed(metric, scores, Tensor.From([.. labels], [rows]), type, generator);
            Check(metric, naive(scores, labels), rows, $"{name}, seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(NumberNames))]
    public void A_metric_of_numbers_is_its_definition_on_random_cases(string name)
    {
        var (_, make, naive) = OfNumbers.Single(entry => entry.Name == name);
        for (int seed = 0; seed < 800; seed++)
        {
            var generator = new Philox((ulong)seed);
            int width = 1 + generator.NextInt32(3), rows = 1 + generator.NextInt32(30);
            bool isConstant = seed % 10 == 9;
            double[][] targets = Numbers(() => isConstant ? 3 : generator.NextDouble() + (seed % 4 == 0 ? 1e6 : 0));
            double[][] outputs = Numbers(() => generator.NextDouble() + (seed % 4 == 0 ? 1e6 : 0));
            var metric = make();
            Feed(metric, outputs, Tensor.From(Flat(targets), [rows, width]), DataType.Float64, generator);
            Check(metric, naive(outputs, targets), rows, $"{name}, seed {seed}");

            double[][] Numbers(Func<double> draw) => [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, width).Select(_ => draw()).ToArray())];
        }
    }

    [Theory]
    [MemberData(nameof(ClassNames))]
    public void Bits_do_not_depend_on_batches_and_a_reset_forgets(string name)
    {
        var make = OfClasses.Single(entry => entry.Name == name).Make;
        var generator = new Philox(3);
        var scores = Tensor.Normal([60, 3], generator);
        var labels = Tensor.From([.. Enumerable.Range(0, 60).Select(i => i * i % 3)], [60]);
        var (whole, pieces) = (make(3), make(3));
        whole.Add(scores, labels);
        for (int round = 0; round < 2; round++)
        {
            pieces.Reset();
            Assert.Equal("no example was added", pieces.Undefined);
            for (int start = 0; start < 60; start += 7)
            {
                int length = Math.Min(7, 60 - start);
                pieces.Add(scores.Slice(0, start, length), labels.Slice(0, start, length));
            }
            Assert.Equal(BitConverter.DoubleToInt64Bits(whole.Value), BitConverter.DoubleToInt64Bits(pieces.Value));
            Assert.Equal(whole.ToString(), pieces.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(ClassNames))]
    public void One_score_stands_for_two_classes(string name)
    {
        var (_, make, _) = OfClasses.Single(entry => entry.Name == name);
        double[] margins = [.. Enumerable.Range(0, 40).Select(i => Math.Round(3 * Math.Sin(i * i), 1) + 0.05)];
        var labels = Tensor.From([.. Enumerable.Range(0, 40).Select(i => i % 3 == 0 ? 1 : 0)], [40]);
        var (one, two) = (make(2), make(2));
        one.Add(Tensor.From(margins, [40, 1]), labels);
        two.Add(Tensor.From([.. margins.SelectMany(margin => new[] { 0, margin })], [40, 2]), labels);
        Assert.Equal(two.Value, one.Value, 1e-14);
    }

    [Theory]
    [MemberData(nameof(ClassNames))]
    public void What_is_wrong_is_named_and_nothing_is_added(string name)
    {
        var metric = OfClasses.Single(entry => entry.Name == name).Make(3);
        var scores = Tensor.Normal([4, 3], new Philox(1));
        var labels = Tensor.From([0, 1, 2, 0], [4]);
        metric.Add(scores, labels);
        double before = metric.Value;
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            float[] values = scores.ToArray<float>();
            values[7] = bad;
            var error = Assert.Throws<NonFiniteException>(() => metric.Add(Tensor.From(values, [4, 3]), labels));
            Assert.Contains("row 2, column 1", error.Message, StringComparison.Ordinal);
        }
        foreach (var (wrong, place) in new[] { (Tensor.From([0, 1, 3, 0], [4]), "label 2"), (Tensor.From([-1, 1, 2, 0], [4]), "label 0") })
            Assert.Contains(place, Assert.Throws<ArgumentOutOfRangeException>(() => metric.Add(scores, wrong)).Message, StringComparison.Ordinal);
        Assert.Contains("Int32", Assert.Throws<ArgumentException>(() => metric.Add(scores, labels.To(DataType.Float32))).Message, StringComparison.Ordinal);
        Assert.Contains("Float32", Assert.Throws<ArgumentException>(() => metric.Add(labels, labels)).Message, StringComparison.Ordinal);
        _ = Assert.Throws<TensorShapeException>(() => metric.Add(scores, Tensor.From([0, 1, 2], [3])));
        _ = Assert.Throws<TensorShapeException>(() => metric.Add(scores.Reshape([2, 6]), labels));
        Assert.Equal((4L, before), (metric.Count, metric.Value));
    }

    [Theory]
    [MemberData(nameof(NumberNames))]
    public void Numbers_that_do_not_fit_are_named(string name)
    {
        var metric = OfNumbers.Single(entry => entry.Name == name).Make();
        _ = Assert.Throws<InvalidOperationException>(() => metric.Value);
        _ = Assert.Throws<TensorShapeException>(() => metric.Add(Tensor.Ones([3]), Tensor.Ones([4])));
        _ = Assert.Throws<TensorShapeException>(() => metric.Add(Tensor.Ones([3, 2]), Tensor.Ones([2, 3])));
        _ = Assert.Throws<TensorShapeException>(() => metric.Add(Tensor.Zeros([0]), Tensor.Zeros([0])));
        _ = Assert.Throws<ArgumentException>(() => metric.Add(Tensor.Ones([3]), Tensor.Ones([3], DataType.Int32)));
        Assert.Contains("example 1", Assert.Throws<NonFiniteException>(
            () => metric.Add(Tensor.Ones([3]), Tensor.From([1f, float.NaN, 2f]))).Message, StringComparison.Ordinal);
        metric.Add(Tensor.From([1f, 2f, 4f], [3, 1]), Tensor.From([1f, 2f, 3f]));
        Assert.Equal(3, metric.Count);
    }

    [Fact]
    public void Closed_forms()
    {
        var roc = new RocArea();
        roc.Add(Tensor.From([0.1, 0.4, 0.35, 0.8]), Tensor.From([0, 0, 1, 1]));
        Assert.Equal(0.75, roc.Value);
        var precision = new PrecisionRecallArea();
        precision.Add(Tensor.From([0.1, 0.4, 0.35, 0.8]), Tensor.From([0, 0, 1, 1]));
        Assert.Equal(0.8333333333333333, precision.Value, 1e-15);
        var perplexity = new Perplexity();
        perplexity.Add(Tensor.Zeros([2, 3, 7]), Tensor.Zeros([2, 3], DataType.Int32));
        Assert.Equal(7, perplexity.Value, 1e-13);
        Assert.Equal(6, perplexity.Count);
        var far = new RootMeanSquaredError();
        far.Add(Tensor.From([1e200, -1e200, 0]), Tensor.From([0, 0, 1e-200]));
        Assert.Equal(1e200 * Math.Sqrt(2.0 / 3), far.Value, 1e186);
        var constant = new RSquared();
        constant.Add(Tensor.From([1.0, 2]), Tensor.From([5.0, 5]));
        Assert.Contains("all 5", constant.Undefined, StringComparison.Ordinal);
        var matrix = new ConfusionMatrix(["cat", "dog", "a name that is much too long"]);
        matrix.Add(Tensor.From([2f, 0, 0, 0, 2, 0, 2, 0, 0], [3, 3]), Tensor.From([0, 1, 1]));
        Assert.Equal((1L, 1L, 1L, 0L), (matrix[0, 0], matrix[1, 1], matrix[1, 0], matrix[2, 2]));
        Assert.Equal((0.5, 1.0), (matrix.Precision(0), matrix.Precision(1)));
        Assert.Equal(4, matrix.ToTable().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("a name that is much…", matrix.ToTable(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ignored_labels_do_not_count()
    {
        (Metric With, Metric Without)[] pairs =
            [(new Accuracy(1, -100), new Accuracy()), (new Perplexity(-100), new Perplexity()), (new MeanCrossEntropy(-100), new MeanCrossEntropy())];
        foreach (var (with, without) in pairs)
        {
            var scores = Tensor.Normal([6, 4], new Philox(2), type: DataType.Float64);
            with.Add(scores, Tensor.From([0, -100, 3, -100, 1, -100]));
            without.Add(scores.Gather(Tensor.From([0, 2, 4])), Tensor.From([0, 3, 1]));
            Assert.Equal((3L, without.Value), (with.Count, with.Value));
            with.Reset();
            with.Add(scores, Tensor.From([-100, -100, -100, -100, -100, -100]));
            Assert.NotNull(with.Undefined);
        }
    }

    private static void Feed(Metric metric, double[][] outputs, Tensor targets, DataType type, Philox generator)
    {
        for (int start = 0; start < outputs.Length;)
        {
            int length = Math.Min(outputs.Length - start, 1 + generator.NextInt32(16));
            metric.Add(
                Tensor.From(Flat(outputs[start..(start + length)]), [length, outputs[0].Length]).To(type), targets.Slice(0, start, length));
            start += length;
        }
    }

    private static void Check(Metric metric, double? expected, int rows, string what)
    {
        Assert.Equal(rows, metric.Count);
        if (expected is null)
        {
            Assert.True(metric.Undefined is not null, what);
            Assert.Contains(metric.Undefined!, Assert.Throws<InvalidOperationException>(() => metric.Value).Message, StringComparison.Ordinal);
            return;
        }
        Assert.True(
            metric.Undefined is null && Math.Abs(metric.Value - expected.Value) <= 1e-9 * Math.Max(1, Math.Abs(expected.Value)),
            $"{what}: expected {expected:R}, got {metric} {(metric.Undefined is null ? metric.Value : 0):R}");
    }

    private static double[] Flat(double[][] rows) => [.. rows.SelectMany(row => row)];

    private static int[] Order(double[] scores) => [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];

    private static int Likeliest(double[] scores) => Order(scores)[0];

    private static double[] Softmax(double[] scores)
    {
        double sum = scores.Sum(Math.Exp);
        return [.. scores.Select(score => Math.Exp(score) / sum)];
    }

    private static double? Right(double[][] scores, int[] labels) => scores.Zip(labels).Average(pair => Likeliest(pair.First) == pair.Second ? 1.0 : 0);

    private static double Macro(double[][] scores, int[] labels, Func<double, double, double, double> of) =>
        PerClass(scores, labels, of).Average(entry => entry.Value);

    private static double Weighted(double[][] scores, int[] labels, Func<double, double, double, double> of) =>
        PerClass(scores, labels, of).Sum(entry => entry.Value * entry.Support) / labels.Length;

    private static List<(double Value, int Support)> PerClass(double[][] scores, int[] labels, Func<double, double, double, double> of)
    {
        var values = new List<(double, int)>();
        for (int index = 0; index < scores[0].Length; index++)
        {
            int[] answers = [.. scores.Select(Likeliest)];
            double tp = answers.Zip(labels).Count(pair => pair.First == index && pair.Second == index);
            double fp = answers.Zip(labels).Count(pair => pair.First == index && pair.Second != index);
            double fn = answers.Zip(labels).Count(pair => pair.First != index && pair.Second == index);
            if (tp + fp + fn > 0)
                values.Add((of(tp, fp, fn), (int)(tp + fn)));
        }
        return values;
    }

    private static double? OneAgainstTheRest(double[][] scores, int[] labels, Func<double[], bool[], double> area)
    {
        int classes = scores[0].Length;
        var areas = new List<double>();
        foreach (int index in classes == 2 ? [1] : Enumerable.Range(0, classes))
        {
            bool[] positive = [.. labels.Select(label => label == index)];
            if (positive.Contains(true) && positive.Contains(false))
                areas.Add(area([.. scores.Select(row => classes == 2 ? row[1] - row[0] : Math.Round(Math.Log(Softmax(row)[index]), 12))], positive));
        }
        return areas.Count == 0 ? null : areas.Average();
    }

    private static double RocByPairs(double[] scores, bool[] positive)
    {
        double pairs = 0, right = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            for (int j = 0; j < scores.Length; j++)
            {
                if (!positive[i] || positive[j])
                    continue;
                pairs++;
                right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
            }
        }
        return right / pairs;
    }

    private static double PrecisionByThresholds(double[] scores, bool[] positive)
    {
        double area = 0, before = 0;
        foreach (double threshold in scores.Distinct().OrderDescending())
        {
            double taken = scores.Count(score => score >= threshold), found = scores.Zip(positive).Count(pair => pair.First >= threshold && pair.Second);
            double recall = found / positive.Count(is1 => is1);
            area += (recall - before) * found / taken;
            before = recall;
        }
        return area;
    }

    private static double? Calibration(double[][] scores, int[] labels)
    {
        double error = 0;
        for (int bin = 0; bin < 10; bin++)
        {
            var inBin = scores.Zip(labels).Select(pair => (Confidence: Softmax(pair.First).Max(), IsRight: Likeliest(pair.First) == pair.Second))
                .Where(entry => entry.Confidence > bin / 10.0 && entry.Confidence <= (bin + 1) / 10.0).ToList();
            if (inBin.Count > 0)
                error += Math.Abs(inBin.Average(entry => entry.Confidence) - inBin.Average(entry => entry.IsRight ? 1.0 : 0)) * inBin.Count / labels.Length;
        }
        return error;
    }

    private static double? Determination(double[][] outputs, double[][] targets)
    {
        var values = new List<double>();
        for (int column = 0; column < targets[0].Length; column++)
        {
            double mean = targets.Average(row => row[column]), spread = targets.Sum(row => (row[column] - mean) * (row[column] - mean));
            if (spread == 0)
                return null;
            values.Add(1 - (outputs.Zip(targets).Sum(pair => Math.Pow(pair.First[column] - pair.Second[column], 2)) / spread));
        }
        return values.Average();
    }
}
