using Microsoft.Win32.SafeHandles;

namespace Kappa.Mujoco;

/// <summary>Owns one <c>mjData</c>.</summary>
internal sealed class DataHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public DataHandle(nint data)
        : base(ownsHandle: true) => SetHandle(data);

    protected override bool ReleaseHandle()
    {
        NativeMethods.DeleteData(handle);
        return true;
    }
}
