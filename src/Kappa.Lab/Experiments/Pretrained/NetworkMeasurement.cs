namespace Kappa.Lab.Experiments.Pretrained;

/// <summary>How a network stands: how far a rescaling moves it, what that does to its function, its layers and its curvature.</summary>
internal static class NetworkMeasurement
{
    private const int FittingSteps = 100;
    private const double FittingRate = 1e-2;
    private const int FunctionPictures = 16;

    /// <summary>Measures a network, rescales it, and measures it again.</summary>
    /// <param name="model">The network; rescaled, its head fitted.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="hasCurvature">Whether the Hessian is taken too.</param>
    /// <param name="context">Asked to stop, and told how far it is.</param>
    internal static JsonObject Of(Sequential model, PretrainedSettings settings, bool hasCurvature, CellContext context)
    {
        var pictures = PretrainedPictures.Resized(Pictures.Fashion.Training, 0, settings.HessianPictures, settings.Side).Take(
            [.. Enumerable.Range(0, settings.HessianPictures)]);
        try
        {
            model.Eval();
            if (hasCurvature)
                FitHead(model, pictures);
            var examples = pictures.Inputs.Slice(0, 0, Math.Min(FunctionPictures, settings.HessianPictures));
            var result = new JsonObject { ["before"] = Stand(model, pictures, settings, hasCurvature, context.Cancellation) };
            context.Report(0.4);
            float[] evaluation = Outputs(model, examples, isTraining: false), training = Outputs(model, examples, isTraining: true);
            var rescaling = PathConditioning.Rescale(model, new RescalingOptions { InputShape = [3, settings.Side, settings.Side] });
            result["functionInEvaluation"] = CellResult.Json(Difference(evaluation, Outputs(model, examples, isTraining: false)));
            result["functionInTraining"] = CellResult.Json(Difference(training, Outputs(model, examples, isTraining: true)));
            context.Report(0.6);
            Describe(rescaling, result);
            result["after"] = Stand(model, pictures, settings, hasCurvature, context.Cancellation);
            return result;
        }
        finally
        {
            pictures.Release();
        }
    }

    private static void Describe(RescalingResult rescaling, JsonObject result)
    {
        double[] logarithms = [.. rescaling.LogScales.Select(z => Math.Abs(z) / 2)];
        result["units"] = rescaling.LogScales.Count;
        result["parameters"] = rescaling.Parameters;
        result["meanLogScale"] = CellResult.Json(logarithms.Average());
        result["smallestScale"] = CellResult.Json(Math.Exp(rescaling.LogScales.Min() / 2));
        result["largestScale"] = CellResult.Json(Math.Exp(rescaling.LogScales.Max() / 2));
        result["gain"] = CellResult.Json((rescaling.CriterionBefore - rescaling.CriterionAfter) / rescaling.Parameters);
        result["sweeps"] = rescaling.Sweeps;
        result["converged"] = rescaling.Converged;
        result["leftAlone"] = rescaling.LeftAlone.Sum(alone => alone.Count);
        result["dead"] = rescaling.LeftAlone.Where(alone => alone.Reason.StartsWith("dead", StringComparison.Ordinal)).Sum(alone => alone.Count);
        result["scales"] = new JsonArray([.. rescaling.Layers.Select(layer => (JsonNode)new JsonObject
        {
            ["layer"] = layer.Path, ["kind"] = layer.Kind, ["smallest"] = CellResult.Json(layer.Smallest), ["median"] = CellResult.Json(layer.Median),
            ["largest"] = CellResult.Json(layer.Largest),
        })]);
    }

    private static JsonObject Stand(Sequential model, Batch pictures, PretrainedSettings settings, bool hasCurvature, CancellationToken cancellation)
    {
        var spectra = model.Parameters().Where(parameter => parameter.Tensor.Rank >= 2).Select(parameter =>
        {
            cancellation.ThrowIfCancellationRequested();
            var spectrum = MatrixSpectrum.Of(parameter.Tensor);
            return (JsonNode)new JsonObject
            {
                ["layer"] = parameter.Name, ["largest"] = CellResult.Json(spectrum.Largest), ["smallest"] = CellResult.Json(spectrum.Smallest),
                ["rank"] = CellResult.Json(spectrum.EffectiveRank),
            };
        });
        var activities = DormantUnits.Measure(model, pictures.Inputs);
        double units = activities.Sum(activity => activity.Scores.Count);
        var result = new JsonObject
        {
            ["layers"] = new JsonArray([.. spectra]),
            ["dormant"] = CellResult.Json(activities.Sum(activity => activity.DormantFraction() * activity.Scores.Count) / units),
            ["silent"] = CellResult.Json(activities.Sum(activity => activity.DormantFraction(0) * activity.Scores.Count) / units),
        };
        if (!hasCurvature)
            return result;
        var hessian = new HessianOperator(
            model, (outputs, targets) => Networks.Loss.CrossEntropy(outputs, targets), new SampleSource(pictures.Inputs, pictures.Targets),
            new RiskOptions { BatchSize = settings.HessianPictures });
        using var pairs = Lanczos.Solve(
            hessian, settings.Eigenvalues,
            new LanczosOptions { Tolerance = 1e-2, BasisSize = Math.Max(10, 4 * settings.Eigenvalues), VerifyMultiplicities = false }, cancellation);
        result["eigenvalues"] = CellResult.Json(pairs.Eigenvalues);
        result["eigenvaluesConverged"] = pairs.Converged;
        return result;
    }

    /// <summary>Trains the last layer alone on the features of some pictures, all at once.</summary>
    private static void FitHead(Sequential model, Batch pictures)
    {
        Tensor features;
        using (NoGradient.Begin())
        {
            features = model.Children.SkipLast(1).Aggregate(pictures.Inputs, (x, child) => child.Module.Forward(x)).Detach();
        }
        var head = model.Children[^1].Module;
        var loop = new TrainingLoop(new AdamW(head.Parameters(), FittingRate), () => Networks.Loss.CrossEntropy(head.Forward(features), pictures.Targets));
        loop.Run(FittingSteps, CancellationToken.None);
    }

    /// <summary>The outputs; in training mode those of the batch's own statistics, the running ones put back afterwards.</summary>
    private static float[] Outputs(Sequential model, Tensor inputs, bool isTraining)
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        if (!isTraining)
            return model.Forward(inputs).ToArray<float>();
        var kept = new StateDict();
        foreach (var (name, tensor) in model.StateDict())
            kept.Add(name, tensor.Clone());
        model.Train();
        float[] outputs = model.Forward(inputs).ToArray<float>();
        model.Eval();
        model.LoadStateDict(kept);
        return outputs;
    }

    /// <summary>The largest difference over the largest output.</summary>
    private static double Difference(float[] before, float[] after) =>
        before.Zip(after, (one, other) => Math.Abs((double)one - other)).Max() / before.Max(value => Math.Abs((double)value));
}
