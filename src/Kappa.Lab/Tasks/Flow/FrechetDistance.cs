using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Flow;

/// <summary>How far a set of points lies from a reference, by the Gaussians that have their means and covariances.</summary>
/// <remarks>
/// <para><c>|m_1 - m_2|^2 + tr(C_1 + C_2 - 2 (C_1^(1/2) C_2 C_1^(1/2))^(1/2))</c>, the squared 2-Wasserstein distance of the two Gaussians (Dowson and Landau,
/// 1982). Between features of a classifier it is the measure of Heusel and others (2017), "GANs trained by a two time-scale update rule converge to a local
/// Nash equilibrium", arXiv 1706.08500, equation 6. Theirs takes Inception-v3, so that figures compare only where the classifier is the same.</para>
/// <para>Of finite samples it is above zero even for two sets of one density, the more so the fewer they are.</para>
/// </remarks>
internal sealed class FrechetDistance
{
    private readonly GaussianFit _reference;
    private readonly Matrix<double> _root;

    /// <summary>Fits the reference, once.</summary>
    public FrechetDistance(GaussianFit reference) => (_reference, _root) = (reference, SquareRoot(reference.Covariance));

    /// <summary>The distance of another Gaussian; 0 or more. An eigenvalue problem of d x d.</summary>
    public double To(GaussianFit other)
    {
        var product = _root * other.Covariance * _root;
        double sum = 0;
        // Rounding leaves eigenvalues that are zero a little below it.
        foreach (double eigenvalue in Symmetric(product).Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real))
            sum += Math.Sqrt(Math.Max(eigenvalue, 0));
        double distance = (_reference.Mean - other.Mean).DotProduct(_reference.Mean - other.Mean)
            + _reference.Covariance.Trace() + other.Covariance.Trace() - (2 * sum);
        return Math.Max(distance, 0);
    }

    private static Matrix<double> SquareRoot(Matrix<double> covariance)
    {
        var eigen = Symmetric(covariance).Evd(Symmetricity.Symmetric);
        var roots = Matrix<double>.Build.DenseOfDiagonalVector(eigen.EigenValues.Map(value => Math.Sqrt(Math.Max(value.Real, 0))));
        return eigen.EigenVectors * roots * eigen.EigenVectors.Transpose();
    }

    private static Matrix<double> Symmetric(Matrix<double> matrix) => (matrix + matrix.Transpose()) / 2;
}
