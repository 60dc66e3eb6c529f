namespace Kappa.Lab.Experiments.PathCond;

/// <summary>Trains a classifier of Fashion-MNIST by gradient descent and measures it.</summary>
internal static class PictureClassifier
{
    internal static JsonObject Train(Module model, GridSettings settings, int pictures, int batchSize, GridTrial trial, Philox generator, CellContext context)
    {
        var (training, test) = Pictures.Fashion;
        var optimizer = new SGD(model.Parameters(), trial.LearningRate);
        double[] curve = LossCurve.Train(
            model, optimizer, Pictures.First(training, pictures), batchSize, settings.Epochs,
            batch => Loss.CrossEntropy(model.Forward(batch.Inputs), batch.Targets), generator.Split("order"), context);
        return new JsonObject
        {
            ["loss"] = CellResult.Json(curve),
            ["metric"] = double.IsFinite(curve[^1]) ? CellResult.Json(LossCurve.Accuracy(model, Pictures.First(test, pictures))) : null,
        };
    }
}
