namespace Kappa.Lab.Tests.Tasks.Flow;

/// <summary>The task on pictures.</summary>
[Collection(ThreadCountCollection.Name)]
public sealed class FlowPicturesTests
{
    private const string Small =
        """
        { "examples": 2000, "validationExamples": 100, "samples": 100, "steps": [1, 8], "integrators": ["euler"], "classifierSteps": 150, "directions": 16 }
        """;

    [Theory]
    [InlineData(8)]
    [InlineData(14)]
    [InlineData(28)]
    public void Small_pictures_are_the_means_of_squares_of_pixels(int side)
    {
        float[] picture = new float[28 * 28], small = new float[side * side];
        int square = 28 / side, margin = side == 8 ? 2 : 0;
        // The last square of the first row has ones; the margin, where there is one, too, and is not seen.
        for (int i = 0; i < picture.Length; i++)
        {
            int row = i / 28, column = i % 28;
            bool isMargin = row < margin || row >= 28 - margin || column < margin || column >= 28 - margin;
            picture[i] = isMargin || (row < margin + square && column >= 28 - margin - square) ? 1 : 0.25f;
        }
        FlowPictures.Shrink(picture, small, side);
        Assert.Equal(1, small[side - 1]);
        Assert.All(small.Where((_, i) => i != side - 1), value => Assert.Equal(-0.5f, value));
    }

    [SkippableFact]
    public void The_classifier_tells_digits_apart_and_is_the_same_whatever_the_number_of_threads()
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        var settings = new FlowSettings { ClassifierSteps = 150, Examples = 2000 };
        var pictures = FlowPictures.Load(settings, new Philox(3), CancellationToken.None);
        Assert.Equal((2000, 64, 2000), (pictures.Training.Count, pictures.Training.Dimension, pictures.Validation.Count));
        // Whichever come first show every class.
        Assert.Equal(10, pictures.ValidationLabels.Take(100).Distinct().Count());
        int before = ComputeThreads.Count;
        try
        {
            float[][] features = [.. new[] { 1, 3 }.Select(threads =>
            {
                ComputeThreads.Count = threads;
                var classifier = FeatureClassifier.Train(pictures, settings, new Philox(1), null, CancellationToken.None);
                Assert.True(classifier.Accuracy > 0.8, $"accuracy {classifier.Accuracy}");
                return classifier.Features(pictures.Validation.First(50), CancellationToken.None).Values;
            })];
            Assert.Equal(features[0], features[1]);
            Assert.Equal(50 * FeatureClassifier.FeatureCount, features[0].Length);
        }
        finally
        {
            ComputeThreads.Count = before;
        }
    }

    [SkippableFact]
    public void Pictures_that_were_trained_on_are_nearer_to_others_than_noise_is_by_every_figure()
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        var task = FlowTaskTests.Prepare(Small);
        Assert.Equal("Frechet distance, 8 Euler steps", task.MetricName);
        Assert.Equal([DataCatalog.HandwrittenDigits.Name], task.Identity.Keys);
        var note = Assert.Single(task.Notes);
        Assert.Contains("of the 2000 validation pictures", note.Text, StringComparison.Ordinal);
        double[][] rows = [.. note.Table!.Rows.Select(row => row.Skip(1).Select(cell => cell.Value!.Value).ToArray())];
        Assert.True(rows[0][0] < 0.5 * rows[1][0], "Frechet distance");
        Assert.True(rows[0][1] > rows[1][1] && rows[0][2] > rows[1][2], "precision and recall");
        Assert.True(rows[0][3] < rows[1][3], "sliced Wasserstein distance");
    }

    [SkippableFact]
    public void A_mixer_learns_pictures_and_shows_them_side_by_side()
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        var task = FlowTaskTests.Prepare(Small);
        var model = task.CreateModel(null, new Philox(1));
        var before = task.Deploy(model, CancellationToken.None);
        var order = new BatchOrder(task.TrainingCount, 64, new Philox(2));
        TrainingLoop loop = null!;
        loop = new TrainingLoop(new AdamW(model.Parameters(), 3e-3), () => task.TrainingLoss(model, order.Of((int)loop.Step)));
        loop.Run(100, CancellationToken.None);
        var after = task.Deploy(model, CancellationToken.None);
        Assert.True(after.Metric < 0.7 * before.Metric, $"Frechet distance {before.Metric}, then {after.Metric}");
        var picture = Assert.Single(after.Pictures);
        Assert.Equal((73, 73, 128), (picture.Width, picture.Height, picture.Pixels[0]));
        Assert.StartsWith(
            "model: flow has a model of its own for pictures",
            Assert.Throws<ConfigException>(() => task.CreateModel(new ModelConfig(), new Philox(0))).Message, StringComparison.Ordinal);
        foreach (var (_, tensor) in model.Parameters())
            tensor.Values<float>().Fill(float.NaN);
        var lost = task.Deploy(model, CancellationToken.None);
        Assert.Equal((FlowJudge.Worst, 1, 0), (lost.Metric, lost.Scalars["lost samples"], lost.Scalars["precision"]));
        Assert.All(lost.Pictures[0].Pixels, pixel => Assert.True(pixel is 0 or 128));
    }
}
