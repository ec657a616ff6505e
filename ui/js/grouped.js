// A code as it is printed: PPYY-IIII-SSSS-SSSS-KK.
export const grouped = (code) => code.replace(/(.{4})(?=.)/g, "$1-");
