using Microsoft.Win32.SafeHandles;

namespace Kappa.Mujoco;

/// <summary>Owns one <c>mjModel</c>.</summary>
internal sealed class ModelHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public ModelHandle(nint model)
        : base(ownsHandle: true) => SetHandle(model);

    protected override bool ReleaseHandle()
    {
        NativeMethods.DeleteModel(handle);
        return true;
    }
}
