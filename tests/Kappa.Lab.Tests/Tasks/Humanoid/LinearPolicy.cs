using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Humanoid;

/// <summary>Ordinary least squares with an intercept, from observations to actions.</summary>
internal static class LinearPolicy
{
    public static PolicyFunction Fit(DemonstrationSet data)
    {
        int inputs = data.ObservationSize, outputs = data.ActionSize;
        var x = Matrix<double>.Build.Dense(
            data.Count, inputs + 1, (row, column) => column < inputs ? data.Observations[(row * inputs) + column] : 1);
        var y = Matrix<double>.Build.Dense(data.Count, outputs, (row, column) => data.Actions[(row * outputs) + column]);
        var weights = x.TransposeThisAndMultiply(x).Cholesky().Solve(x.TransposeThisAndMultiply(y));
        return (observations, batch, actions) =>
        {
            for (int row = 0; row < batch; row++)
            {
                for (int output = 0; output < outputs; output++)
                {
                    double sum = weights[inputs, output];
                    for (int input = 0; input < inputs; input++)
                        sum += weights[input, output] * observations[(row * inputs) + input];
                    actions[(row * outputs) + output] = (float)sum;
                }
            }
        };
    }
}
