namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>A pose that the humanoid holds in equilibrium, and the feedback that holds it there.</summary>
/// <param name="Bend">Bend b, in rad: hips and ankles at -b, knees at -2b.</param>
/// <param name="Position">Positions of the equilibrium, [28].</param>
/// <param name="Control">Controls of the equilibrium, [21].</param>
/// <param name="Gain">Feedback gain, [21, 54] row-major: control = Control - Gain [position difference; velocity].</param>
internal sealed record SetPoint(double Bend, double[] Position, double[] Control, double[] Gain);
