using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>States that the demonstrator was seen in, and what it did there.</summary>
/// <param name="Covariance">Of the states; its trace is the number of states, so that a coordinate has variance 1 on average.</param>
/// <param name="Basis">Its eigenvectors, the largest variance first; a uniformly random orthogonal matrix.</param>
/// <param name="Variances">Its eigenvalues, falling geometrically.</param>
/// <param name="TrainingStates">Mean zero and second moment equal to the covariance, up to rounding.</param>
/// <param name="TrainingActions">Noise included.</param>
/// <param name="ValidationStates">Independent normal draws.</param>
/// <param name="ValidationActions">Noise included.</param>
internal sealed record Demonstrations(
    Matrix<double> Covariance,
    Matrix<double> Basis,
    Vector<double> Variances,
    Samples TrainingStates,
    Samples TrainingActions,
    Samples ValidationStates,
    Samples ValidationActions)
{
    /// <summary>Draws demonstrations. The condition number of the covariance, and of the training states' second moment, is the setting exactly.</summary>
    public static Demonstrations Draw(Matrix<double> gain, LinearControlSettings settings, Philox generator)
    {
        int states = settings.States;
        var basis = RandomMatrix.Orthogonal(states, generator.Split("basis"));
        var variances = Vector<double>.Build.Dense(states, i => states > 1 ? Math.Pow(settings.Condition, -i / (states - 1.0)) : 1);
        variances *= states / variances.Sum();
        var colour = basis * Matrix<double>.Build.DenseOfDiagonalVector(variances.PointwiseSqrt());
        var draws = Samples.Normal(settings.Examples, states, 1, generator.Split("training states")).Centred();
        var training = draws.Mapped(colour * draws.SecondMoment().Cholesky().Factor.Inverse());
        var validation = Samples.Normal(settings.ValidationExamples, states, 1, generator.Split("validation states")).Mapped(colour);
        Samples Noise(int count, string name) => Samples.Normal(count, settings.Actions, settings.Noise, generator.Split(name));
        return new Demonstrations(
            colour.TransposeAndMultiply(colour),
            basis,
            variances,
            training,
            training.Mapped(gain).Plus(Noise(settings.Examples, "training noise")),
            validation,
            validation.Mapped(gain).Plus(Noise(settings.ValidationExamples, "validation noise")));
    }
}
