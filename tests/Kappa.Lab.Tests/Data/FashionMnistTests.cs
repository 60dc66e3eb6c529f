namespace Kappa.Lab.Tests.Data;

public sealed class FashionMnistTests
{
    [SkippableFact]
    public void The_published_files_are_read()
    {
        Requires.Data(DataCatalog.FashionMnist);
        var training = FashionMnist.Training();
        var test = FashionMnist.Test();
        Assert.Equal((60_000, 10_000), (training.Count, test.Count));
        Assert.Equal([1, 28, 28], training.InputShape.ToArray());
        // As published: the classes are balanced, the first pictures are an ankle boot and a T-shirt.
        Assert.All(Enumerable.Range(0, 10), label => Assert.Equal((6_000, 1_000), (Count(training, label), Count(test, label))));
        Assert.Equal([9, 0, 0, 3, 0], training.Labels[..5].ToArray().Select(label => (int)label));
        Assert.Equal("Ankle boot", training.ClassNames[9]);

        static int Count(ImageDataSet data, int label) => data.Labels.ToArray().Count(other => other == label);
    }

    [SkippableFact]
    public void The_constants_standardise_the_training_pixels()
    {
        Requires.Data(DataCatalog.FashionMnist);
        double sum = 0, squares = 0;
        long count = 0;
        foreach (var (x, _) in FashionMnist.Training().Normalized(FashionMnist.Mean, FashionMnist.StandardDeviation).BatchesInOrder(1000))
        {
            foreach (float value in x.Values<float>())
                (sum, squares, count) = (sum + value, squares + ((double)value * value), count + 1);
        }
        Assert.InRange(sum / count, -1e-3, 1e-3);
        Assert.InRange(squares / count, 0.999, 1.001);
    }
}
