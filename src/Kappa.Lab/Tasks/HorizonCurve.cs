namespace Kappa.Lab.Tasks;

/// <summary>A figure against how long the model was let loose.</summary>
/// <param name="Name">What the figure is, such as <c>survival, control noise</c>.</param>
/// <param name="Horizons">Increasing, in the task's horizon unit.</param>
/// <param name="Values">One for each horizon.</param>
/// <param name="LogScale">Whether a plot should use a logarithmic axis for the values.</param>
public sealed record HorizonCurve(string Name, IReadOnlyList<double> Horizons, IReadOnlyList<double> Values, bool LogScale = false);
