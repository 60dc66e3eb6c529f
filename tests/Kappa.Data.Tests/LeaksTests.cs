using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;

namespace Kappa.Data.Tests;

public sealed class LeaksTests
{
    [Fact]
    public void Validation_examples_that_are_trained_on_are_counted()
    {
        var report = Leaks.Find(Of(1, 2, 3, 4), Of(9, 3, 8, 1, 3));
        Assert.Equal(new LeakReport(3, 1, 5), report);
        Assert.Equal(new LeakReport(0, -1, 2), Leaks.Find(Of(1, 2), Of(3, 4)));
        Assert.Contains("expected inputs of one kind", Assert.Throws<ArgumentException>(
            () => Leaks.Find(Of(1), new TensorDataSet(Tensor.Zeros([1, 3]), Tensor.From([0], [1])))).Message);
    }

    [Fact]
    public void A_training_on_data_sets_says_leaks_and_gives_the_bits_of_a_plain_source()
    {
        var training = Of(1, 2, 3, 4, 5, 6, 7);
        List<string> said = [];
        using (Warnings.To(said.Add))
        {
            var (first, firstTrainer) = Model();
            _ = firstTrainer.Fit(training, Of(7, 8), batchSize: 2, seed: 5);
            var (second, secondTrainer) = Model();
            using var source = new BatchSource(training, 2, new BatchPosition(5, 0, 0, 7));
            _ = secondTrainer.Fit(source, [.. Of(7, 8).BatchesInOrder(256).Select(batch => new Batch(batch.Inputs.Clone(), batch.Targets.Clone()))]);
            Assert.Equal(Weights(second), Weights(first));
            Assert.Equal("1 of 2 validation examples have the inputs of a training example, the first is number 0", Assert.Single(said).Split(':')[0]);
            said.Clear();
            _ = Model().Trainer.Fit(training, Of(8, 9), batchSize: 2, seed: 5);
            Assert.Empty(said);
        }

        static (Module Model, Trainer Trainer) Model()
        {
            var model = new Sequential(new Linear(2, 2));
            _ = model.Initialize(new Philox(1));
            return (model, new Trainer(model, new AdamW(model.Parameters(), 1e-2), new TrainerOptions { Epochs = 3, Progress = null }));
        }

        static float[] Weights(Module model) => [.. model.StateDict().SelectMany(pair => pair.Value.ToArray<float>())];
    }

    [Fact]
    public void Balanced_weights_make_every_class_count_the_same()
    {
        double[] weights = ClassWeights.Balanced([0, 0, 0, 1, 2, 2], 3);
        Assert.Equal([6 / 9.0, 2, 1], weights);
        Assert.Contains("class 1 has no example", Assert.Throws<ArgumentException>(() => ClassWeights.Balanced([0, 2], 3)).Message);
        Assert.Contains("labels[1] is 3: expected 0 to 2", Assert.Throws<ArgumentException>(() => ClassWeights.Balanced([0, 3], 3)).Message);
        new CrossEntropyOptions { ClassWeights = weights }.Validate();
    }

    private static TensorDataSet Of(params float[] values) => new(
        Tensor.From([.. values.SelectMany(value => new[] { value, -value })], [values.Length, 2]),
        Tensor.From([.. values.Select(value => (int)value % 2)], [values.Length]));
}
