namespace Kappa.Lab.Tasks.Models;

/// <summary>Perturbs inputs that are numbers.</summary>
internal static class InputNoise
{
    private const double Share = 0.1;

    /// <summary>The inputs with normal noise of a tenth of each feature's standard deviation.</summary>
    /// <param name="inputs"><c>[n, features]</c>, float32.</param>
    /// <param name="generator">The source of the noise; it advances.</param>
    internal static Tensor Added(Tensor inputs, Philox generator)
    {
        int rows = inputs.Shape[0], features = inputs.Shape[1];
        float[] values = inputs.ToArray<float>();
        double[] deviations = new double[features];
        for (int feature = 0; feature < features; feature++)
        {
            double sum = 0, squares = 0;
            for (int row = 0; row < rows; row++)
                sum += values[(row * features) + feature];
            for (int row = 0; row < rows; row++)
                squares += Math.Pow(values[(row * features) + feature] - (sum / rows), 2);
            deviations[feature] = Math.Sqrt(squares / rows);
        }
        for (int i = 0; i < values.Length; i++)
            values[i] += (float)(Share * deviations[i % features] * generator.NextNormal());
        return Tensor.From(values, inputs.Shape).Keep();
    }
}
